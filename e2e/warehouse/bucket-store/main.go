// Bucket-store is a small Cloud Storage for the local warehouse: the part of the JSON API that the real clients use to
// write, list, read and delete objects, with the conditions and the resumable uploads taken seriously. The objects are
// plain files, so the local BigQuery loads gs:// addresses from the file system.
package main

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type api struct {
	store    *Store
	sessions sessions
}

// apiError is an answer in the shape of Google's errors.
type apiError struct {
	status          int
	reason, message string
}

func (e *apiError) Error() string { return e.message }

func invalid(format string, values ...any) error {
	return &apiError{http.StatusBadRequest, "invalid", fmt.Sprintf(format, values...)}
}

func newAPI(store *Store) *api {
	return &api{store: store, sessions: sessions{byID: map[string]*session{}}}
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if method := r.Header.Get("X-HTTP-Method-Override"); method != "" && r.Method == http.MethodPost {
		r.Method = method
	}
	if err := a.serve(w, r); err != nil {
		fail(w, r, err)
	}
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Content-Encoding") == "gzip" { // the Java clients compress what is not media
		body, err := gzip.NewReader(r.Body)
		if err != nil {
			return invalid("the body is not gzip: %v", err)
		}
		r.Body = body
	}
	// /storage/v1/b/BUCKET/o/OBJECT, also below /download and /upload; the object's slashes are escaped or not.
	escaped := r.URL.EscapedPath()
	rest, download := strings.CutPrefix(escaped, "/download")
	rest, upload := strings.CutPrefix(rest, "/upload")
	rest, found := strings.CutPrefix(rest, "/storage/v1/b")
	if !found {
		return notFound("there is nothing at %s: this is a Cloud Storage JSON API (/storage/v1/b)", escaped)
	}
	parts := strings.SplitN(strings.Trim(rest, "/"), "/", 3)
	for i, part := range parts {
		decoded, err := url.PathUnescape(part)
		if err != nil {
			return invalid("%q in the path: %v", part, err)
		}
		parts[i] = decoded
	}
	switch {
	case parts[0] == "":
		return a.buckets(w, r)
	case len(parts) == 1:
		return a.bucket(w, r, parts[0])
	case parts[1] != "o":
		return &apiError{http.StatusNotImplemented, "notImplemented", r.Method + " " + escaped + " is not part of this local store"}
	case upload:
		return a.upload(w, r, parts[0])
	case len(parts) == 2:
		return a.list(w, r, parts[0])
	default:
		return a.object(w, r, parts[0], parts[2], download || r.URL.Query().Get("alt") == "media")
	}
}

func (a *api) buckets(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet:
		names, err := a.store.Buckets()
		if err != nil {
			return err
		}
		items := []any{}
		for _, name := range names {
			items = append(items, bucketResource(name, r))
		}
		return reply(w, http.StatusOK, map[string]any{"kind": "storage#buckets", "items": items})
	case http.MethodPost:
		var wanted struct {
			Name string `json:"name"`
		}
		if err := json.NewDecoder(r.Body).Decode(&wanted); err != nil {
			return invalid("the bucket is not JSON: %v", err)
		}
		created, err := a.store.CreateBucket(wanted.Name)
		if err != nil {
			return err
		}
		if !created {
			return &apiError{http.StatusConflict, "conflict", "Your previous request to create the named bucket succeeded and you already own it."}
		}
		return reply(w, http.StatusOK, bucketResource(wanted.Name, r))
	default:
		return notAllowed(r)
	}
}

func (a *api) bucket(w http.ResponseWriter, r *http.Request, bucket string) error {
	if err := a.store.CheckBucket(bucket); err != nil {
		return err
	}
	switch r.Method {
	case http.MethodGet:
		return reply(w, http.StatusOK, bucketResource(bucket, r))
	case http.MethodDelete:
		if err := a.store.DeleteBucket(bucket); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	default:
		return notAllowed(r)
	}
}

func (a *api) list(w http.ResponseWriter, r *http.Request, bucket string) error {
	if r.Method != http.MethodGet {
		return notAllowed(r)
	}
	query := r.URL.Query()
	for _, unknown := range []string{"delimiter", "matchGlob", "startOffset", "endOffset"} {
		if query.Has(unknown) && query.Get(unknown) != "" {
			return &apiError{http.StatusNotImplemented, "notImplemented", "listing by " + unknown + " is not part of this local store; use prefix"}
		}
	}
	limit := 1000
	if text := query.Get("maxResults"); text != "" {
		wanted, err := strconv.Atoi(text)
		if err != nil || wanted < 1 {
			return invalid("maxResults is %q, it must be a number above 0", text)
		}
		limit = min(limit, wanted)
	}
	after, err := base64.RawURLEncoding.DecodeString(query.Get("pageToken"))
	if err != nil {
		return invalid("pageToken is none of ours")
	}
	objects, next, err := a.store.List(bucket, query.Get("prefix"), string(after), limit)
	if err != nil {
		return err
	}
	answer := map[string]any{"kind": "storage#objects"}
	items := []any{}
	for _, object := range objects {
		items = append(items, resource(object, r))
	}
	if len(items) > 0 {
		answer["items"] = items
	}
	if next != "" {
		answer["nextPageToken"] = base64.RawURLEncoding.EncodeToString([]byte(next))
	}
	return reply(w, http.StatusOK, answer)
}

func (a *api) object(w http.ResponseWriter, r *http.Request, bucket, name string, media bool) error {
	conditions, err := preconditions(r.URL.Query())
	if err != nil {
		return err
	}
	if r.Method == http.MethodDelete {
		if wanted := r.URL.Query().Get("generation"); wanted != "" {
			generation, err := strconv.ParseInt(wanted, 10, 64)
			if err != nil {
				return invalid("generation is %q, it must be a number", wanted)
			}
			object, err := a.store.Get(bucket, name)
			if err == nil && object.Generation != generation {
				err = errNoObject
			}
			if err != nil {
				return named(err, bucket, name)
			}
		}
		if err := a.store.Delete(bucket, name, conditions); err != nil {
			return named(err, bucket, name)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if r.Method != http.MethodGet {
		return notAllowed(r)
	}
	object, err := a.store.Get(bucket, name)
	if err != nil {
		return named(err, bucket, name)
	}
	if wanted := r.URL.Query().Get("generation"); wanted != "" && wanted != strconv.FormatInt(object.Generation, 10) {
		return noObject(bucket, name)
	}
	if !conditions.hold(object.Generation) {
		return errPrecondition
	}
	if !media {
		return reply(w, http.StatusOK, resource(object, r))
	}
	return a.media(w, r, object)
}

func (a *api) media(w http.ResponseWriter, r *http.Request, object *Object) error {
	content, err := a.store.Open(object)
	if err != nil {
		return err
	}
	defer content.Close()
	contentType := object.ContentType
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Goog-Generation", strconv.FormatInt(object.Generation, 10))
	w.Header().Set("X-Goog-Hash", "crc32c="+object.CRC32C+",md5="+object.MD5)
	http.ServeContent(w, r, "", time.UnixMicro(object.Generation), content)
	return nil
}

func base(r *http.Request) string { return "http://" + r.Host }

func bucketResource(name string, r *http.Request) map[string]any {
	return map[string]any{"kind": "storage#bucket", "id": name, "name": name, "location": "US", "storageClass": "STANDARD",
		"selfLink": base(r) + "/storage/v1/b/" + url.PathEscape(name), "metageneration": "1"}
}

func resource(o *Object, r *http.Request) map[string]any {
	at := time.UnixMicro(o.Generation).UTC().Format("2006-01-02T15:04:05.000Z")
	link := "/storage/v1/b/" + url.PathEscape(o.Bucket) + "/o/" + url.PathEscape(o.Name)
	generation := strconv.FormatInt(o.Generation, 10)
	fields := map[string]any{"kind": "storage#object", "id": o.Bucket + "/" + o.Name + "/" + generation, "bucket": o.Bucket,
		"name": o.Name, "size": strconv.FormatInt(o.Size, 10), "generation": generation, "metageneration": "1",
		"md5Hash": o.MD5, "crc32c": o.CRC32C, "etag": generation, "storageClass": "STANDARD", "timeCreated": at, "updated": at,
		"selfLink": base(r) + link, "mediaLink": base(r) + "/download" + link + "?alt=media&generation=" + generation}
	if o.ContentType != "" {
		fields["contentType"] = o.ContentType
	}
	if len(o.Metadata) > 0 {
		fields["metadata"] = o.Metadata
	}
	return fields
}

func reply(w http.ResponseWriter, status int, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, err = w.Write(encoded)
	if err != nil {
		log.Printf("level=warn event=answer_lost error=%q", err) // the client is gone; there is nobody to tell
	}
	return nil
}

func notFound(format string, values ...any) error {
	return &apiError{http.StatusNotFound, "notFound", fmt.Sprintf(format, values...)}
}

func notAllowed(r *http.Request) error {
	return &apiError{http.StatusNotImplemented, "notImplemented", r.Method + " " + r.URL.Path + " is not part of this local store"}
}

func named(err error, bucket, name string) error {
	if errors.Is(err, errNoObject) {
		return noObject(bucket, name)
	}
	return err
}

func isNotDirectory(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

func fail(w http.ResponseWriter, r *http.Request, err error) {
	answer := &apiError{http.StatusInternalServerError, "internalError", err.Error()}
	switch {
	case errors.As(err, &answer):
	case errors.Is(err, errNoBucket), errors.Is(err, errNoObject):
		answer = &apiError{http.StatusNotFound, "notFound", err.Error()}
	case errors.Is(err, errPrecondition):
		answer = &apiError{http.StatusPreconditionFailed, "conditionNotMet", err.Error()}
	case errors.Is(err, errChecksum), errors.Is(err, errBadName), errors.Is(err, errClash):
		answer = &apiError{http.StatusBadRequest, "invalid", err.Error()}
	case errors.Is(err, errNotEmpty):
		answer = &apiError{http.StatusConflict, "conflict", err.Error()}
	}
	if answer.status >= 500 {
		log.Printf("level=error method=%s path=%q status=%d error=%q", r.Method, r.URL.Path, answer.status, answer.message)
	}
	body := map[string]any{"error": map[string]any{"code": answer.status, "message": answer.message,
		"errors": []any{map[string]any{"message": answer.message, "domain": "global", "reason": answer.reason}}}}
	if err := reply(w, answer.status, body); err != nil {
		log.Printf("level=error event=answer_not_written error=%q", err)
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:4443", "addresses to listen on, separated by commas")
	data := flag.String("data", "", "folder that keeps the buckets")
	buckets := flag.String("buckets", "", "buckets to create, separated by commas")
	flag.Parse()
	if *data == "" {
		log.Fatal("--data is missing: the folder that keeps the buckets")
	}
	store, err := OpenStore(*data)
	if err != nil {
		log.Fatal(err)
	}
	for bucket := range strings.SplitSeq(*buckets, ",") {
		if _, err := store.CreateBucket(bucket); err != nil {
			log.Fatalf("bucket %q: %v", bucket, err)
		}
	}
	server := &http.Server{Handler: newAPI(store), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error)
	for address := range strings.SplitSeq(*listen, ",") {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			log.Fatal(err)
		}
		go func() { failed <- server.Serve(listener) }()
	}
	log.Printf("level=info event=ready listen=%s data=%s pid=%d", *listen, *data, os.Getpid())
	log.Fatal(<-failed)
}
