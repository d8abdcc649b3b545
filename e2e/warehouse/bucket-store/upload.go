package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// A resumable upload comes in chunks of multiples of this, but the last.
const chunkUnit = 256 << 10

// session is one resumable upload. Sessions live in memory: after a restart their address answers 404, as Cloud Storage
// does for an expired one, and the client begins again.
type session struct {
	mu     sync.Mutex
	draft  *Draft
	object *Object // when it is done: a client that lost the answer asks again
}

type sessions struct {
	mu   sync.Mutex
	byID map[string]*session
}

func (a *api) upload(w http.ResponseWriter, r *http.Request, bucket string) error {
	query := r.URL.Query()
	if id := query.Get("upload_id"); id != "" {
		return a.resume(w, r, id)
	}
	if r.Method != http.MethodPost {
		return &apiError{http.StatusMethodNotAllowed, "methodNotAllowed", "an upload begins with POST"}
	}
	conditions, err := preconditions(query)
	if err != nil {
		return err
	}
	switch kind := query.Get("uploadType"); kind {
	case "media":
		attributes := Attributes{ContentType: r.Header.Get("Content-Type")}
		return a.store1(w, r, bucket, query.Get("name"), attributes, conditions, r.Body)
	case "multipart":
		return a.multipart(w, r, bucket, conditions)
	case "resumable":
		return a.begin(w, r, bucket, conditions)
	default:
		return invalid("uploadType is %q, it must be media, multipart or resumable", kind)
	}
}

type uploadMetadata struct {
	Name string `json:"name"`
	Attributes
}

func readMetadata(content io.Reader, r *http.Request) (uploadMetadata, error) {
	var metadata uploadMetadata
	if err := json.NewDecoder(content).Decode(&metadata); err != nil && !errors.Is(err, io.EOF) {
		return metadata, invalid("the metadata of the object is not JSON: %v", err)
	}
	if name := r.URL.Query().Get("name"); name != "" {
		metadata.Name = name
	}
	return metadata, nil
}

func (a *api) multipart(w http.ResponseWriter, r *http.Request, bucket string, conditions Preconditions) error {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return invalid("a multipart upload needs Content-Type multipart/related with a boundary: %v", err)
	}
	parts := multipart.NewReader(r.Body, parameters["boundary"])
	head, err := parts.NextPart()
	if err != nil {
		return invalid("the first part, the metadata, is missing: %v", err)
	}
	metadata, err := readMetadata(head, r)
	if err != nil {
		return err
	}
	content, err := parts.NextRawPart()
	if err != nil {
		return invalid("the second part, the content, is missing: %v", err)
	}
	if metadata.ContentType == "" {
		metadata.ContentType = content.Header.Get("Content-Type")
	}
	return a.store1(w, r, bucket, metadata.Name, metadata.Attributes, conditions, content)
}

// store1 takes an upload that comes in one request.
func (a *api) store1(w http.ResponseWriter, r *http.Request, bucket, name string, attributes Attributes,
	conditions Preconditions, content io.Reader) (err error) {
	draft, err := a.store.NewDraft(bucket, name, attributes, conditions)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.Discard()) }()
	if err := draft.Append(content); err != nil {
		return invalid("the upload broke off: %v", err)
	}
	object, err := a.store.Commit(draft)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, resource(object, r))
}

func (a *api) begin(w http.ResponseWriter, r *http.Request, bucket string, conditions Preconditions) error {
	metadata, err := readMetadata(r.Body, r)
	if err != nil {
		return err
	}
	if kind := r.Header.Get("X-Upload-Content-Type"); kind != "" && metadata.ContentType == "" {
		metadata.ContentType = kind
	}
	draft, err := a.store.NewDraft(bucket, metadata.Name, metadata.Attributes, conditions)
	if err != nil {
		return err
	}
	id := rand.Text()
	a.sessions.mu.Lock()
	a.sessions.byID[id] = &session{draft: draft}
	a.sessions.mu.Unlock()
	w.Header().Set("Location", fmt.Sprintf("%s/upload/storage/v1/b/%s/o?uploadType=resumable&name=%s&upload_id=%s",
		base(r), url.PathEscape(bucket), url.QueryEscape(metadata.Name), id))
	w.Header().Set("X-GUploader-UploadID", id)
	w.WriteHeader(http.StatusOK)
	return nil
}

var contentRange = regexp.MustCompile(`^bytes (?:(\d+)-(\d+)|\*)/(?:(\d+)|\*)$`)

// chunk is a parsed Content-Range; without one the body is everything.
type chunk struct {
	empty        bool  // "bytes */…": no content, a question or the end
	start, total int64 // total is -1 while unknown
	length       int64 // -1: until the end of the body
}

func parseChunk(header string) (chunk, error) {
	if header == "" {
		return chunk{total: -1, length: -1}, nil
	}
	match := contentRange.FindStringSubmatch(header)
	if match == nil {
		return chunk{}, invalid("Content-Range %q is not understood", header)
	}
	number := func(text string) int64 { value, _ := strconv.ParseInt(text, 10, 64); return value }
	parsed := chunk{empty: match[1] == "", total: -1}
	if match[3] != "" {
		parsed.total = number(match[3])
	}
	if !parsed.empty {
		parsed.start, parsed.length = number(match[1]), number(match[2])-number(match[1])+1
	}
	return parsed, nil
}

func (a *api) resume(w http.ResponseWriter, r *http.Request, id string) error {
	a.sessions.mu.Lock()
	upload := a.sessions.byID[id]
	a.sessions.mu.Unlock()
	if upload == nil {
		return &apiError{http.StatusNotFound, "notFound", "no such upload: it is done long ago, was cancelled, or the store was restarted; begin again"}
	}
	upload.mu.Lock()
	defer upload.mu.Unlock()
	if r.Method == http.MethodDelete {
		return a.cancel(w, id, upload)
	}
	if upload.object != nil {
		return reply(w, http.StatusOK, resource(upload.object, r))
	}
	part, err := parseChunk(r.Header.Get("Content-Range"))
	if err != nil {
		return err
	}
	draft := upload.draft
	if !part.empty {
		if err := receive(draft, part, r); err != nil {
			return err
		}
	}
	// "bytes */N" is the end of an upload when N bytes have arrived, else the question how many did.
	if done := part.total == draft.size || r.Header.Get("Content-Range") == ""; !done {
		if draft.size > 0 {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", draft.size-1))
		}
		w.WriteHeader(http.StatusPermanentRedirect)
		return nil
	}
	object, err := a.store.Commit(draft)
	if err != nil {
		a.forget(id)
		return errors.Join(err, draft.Discard())
	}
	upload.object = object
	return reply(w, http.StatusOK, resource(object, r))
}

// receive appends the chunk. What has arrived before is skipped, so that a chunk sent twice is stored once.
func receive(draft *Draft, part chunk, r *http.Request) error {
	known := draft.size - part.start
	last := part.total >= 0 && part.start+part.length == part.total
	switch {
	case known < 0:
		return invalid("the chunk begins at byte %d, but only %d bytes have arrived", part.start, draft.size)
	case part.length >= 0 && !last && part.length%chunkUnit != 0:
		return invalid("a chunk that is not the last must be a multiple of 256 KiB, this one has %d bytes", part.length)
	}
	if _, err := io.CopyN(io.Discard, r.Body, known); err != nil {
		return invalid("the chunk is shorter than what has arrived before: %v", err)
	}
	content := io.Reader(r.Body)
	if part.length >= 0 {
		content = io.LimitReader(r.Body, part.length-known)
	}
	if err := draft.Append(content); err != nil {
		return &apiError{http.StatusServiceUnavailable, "backendError", "the chunk broke off: " + err.Error()}
	}
	return nil
}

func (a *api) cancel(w http.ResponseWriter, id string, upload *session) error {
	a.forget(id)
	w.WriteHeader(499)
	return upload.draft.Discard()
}

func (a *api) forget(id string) {
	a.sessions.mu.Lock()
	delete(a.sessions.byID, id)
	a.sessions.mu.Unlock()
}

func preconditions(query url.Values) (Preconditions, error) {
	var conditions Preconditions
	for name, target := range map[string]**int64{"ifGenerationMatch": &conditions.match, "ifGenerationNotMatch": &conditions.notMatch} {
		if text := query.Get(name); text != "" {
			value, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
			if err != nil {
				return conditions, invalid("%s is %q, it must be a number", name, text)
			}
			*target = &value
		}
	}
	return conditions, nil
}
