package main

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

// Store keeps each object as a plain file, objects/<bucket>/<name>, so that the local BigQuery reads gs:// from the
// file system. The rename of that file into its place is the one commit point. attributes/<bucket>/<name> is written
// before and only believed while it names the size and time of the file; otherwise (a crash between the two, or a file
// put there by hand) the hashes are computed again.
type Store struct {
	root string
	mu   sync.Mutex // held while preconditions are checked and the object is committed
}

// Object is what the JSON API tells about one object. Its generation is the file's time in microseconds.
type Object struct {
	Bucket, Name string
	Size         int64
	Generation   int64
	Attributes
}

// Attributes is the part of an object's metadata that the file itself does not hold.
type Attributes struct {
	ContentType string            `json:"contentType,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
	MD5         string            `json:"md5Hash"`
	CRC32C      string            `json:"crc32c"`
}

type storedAttributes struct {
	Size       int64 `json:"size"`
	Generation int64 `json:"generation"`
	Attributes
}

// Preconditions are the generation an object must or must not have; 0 means "does not exist".
type Preconditions struct{ match, notMatch *int64 }

var (
	errNoBucket     = errors.New("The specified bucket does not exist.")
	errNoObject     = errors.New("No such object")
	errPrecondition = errors.New("At least one of the pre-conditions you specified did not hold.")
	errChecksum     = errors.New("Provided checksum doesn't match the calculated one.")
	errBadName      = errors.New("This store keeps objects as files: an object's name must not be empty, longer than 1024 bytes, or have empty, \".\" or \"..\" parts between slashes")
	errClash        = errors.New("This store keeps objects as files: one object's name cannot be another's folder")
	errNotEmpty     = errors.New("The bucket you tried to delete is not empty.")
)

// OpenStore makes the folders below root and removes what uploads left behind that a crash cut off.
func OpenStore(root string) (*Store, error) {
	s := &Store{root: root}
	if err := os.RemoveAll(s.path("uploads")); err != nil {
		return nil, err
	}
	for _, folder := range []string{"objects", "attributes", "uploads"} {
		if err := os.MkdirAll(s.path(folder), 0o755); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.root}, parts...)...)
}

// CreateBucket reports whether the bucket is new.
func (s *Store) CreateBucket(bucket string) (bool, error) {
	if !validName(bucket) || strings.Contains(bucket, "/") {
		return false, errBadName
	}
	err := os.Mkdir(s.path("objects", bucket), 0o755)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) DeleteBucket(bucket string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	objects, _, err := s.List(bucket, "", "", 1)
	if err != nil {
		return err
	}
	if len(objects) > 0 {
		return errNotEmpty
	}
	return errors.Join(os.RemoveAll(s.path("objects", bucket)), os.RemoveAll(s.path("attributes", bucket)))
}

func (s *Store) Buckets() ([]string, error) {
	entries, err := os.ReadDir(s.path("objects"))
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

func (s *Store) CheckBucket(bucket string) error {
	info, err := os.Stat(s.path("objects", bucket))
	if !validName(bucket) || errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return errNoBucket
	}
	return err
}

func validName(name string) bool { return len(name) <= 1024 && name != "." && fs.ValidPath(name) }

// Get describes one object.
func (s *Store) Get(bucket, name string) (*Object, error) {
	if err := s.CheckBucket(bucket); err != nil {
		return nil, err
	}
	if !validName(name) {
		return nil, errNoObject
	}
	info, err := os.Stat(s.path("objects", bucket, name))
	if errors.Is(err, fs.ErrNotExist) || isNotDirectory(err) || err == nil && info.IsDir() {
		return nil, errNoObject
	}
	if err != nil {
		return nil, err
	}
	return s.describe(bucket, name, info)
}

func (s *Store) describe(bucket, name string, info fs.FileInfo) (*Object, error) {
	object := &Object{Bucket: bucket, Name: name, Size: info.Size(), Generation: info.ModTime().UnixMicro()}
	var stored storedAttributes
	encoded, err := os.ReadFile(s.path("attributes", bucket, name))
	if err == nil && json.Unmarshal(encoded, &stored) == nil &&
		stored.Size == object.Size && stored.Generation == object.Generation {
		object.Attributes = stored.Attributes
		return object, nil
	}
	file, err := os.Open(s.path("objects", bucket, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sums := newSums()
	if _, err := io.Copy(sums, file); err != nil {
		return nil, err
	}
	object.MD5, object.CRC32C = sums.encoded()
	return object, nil
}

// Open returns the content of an object as it was described.
func (s *Store) Open(object *Object) (*os.File, error) {
	return os.Open(s.path("objects", object.Bucket, object.Name))
}

// List returns objects by name, at most limit, and the name to continue after, empty at the end.
func (s *Store) List(bucket, prefix, after string, limit int) ([]*Object, string, error) {
	if err := s.CheckBucket(bucket); err != nil {
		return nil, "", err
	}
	folder := prefix[:strings.LastIndex(prefix, "/")+1]
	if folder != "" && !validName(strings.TrimSuffix(folder, "/")) {
		return nil, "", nil
	}
	root := s.path("objects", bucket)
	found := map[string]fs.FileInfo{}
	var names []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || isNotDirectory(err) {
			return nil // deleted meanwhile, or nothing has this prefix
		}
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || !strings.HasPrefix(name, prefix) || name <= after {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		names, found[name] = append(names, name), info
		return err
	})
	if err != nil {
		return nil, "", err
	}
	sort.Strings(names)
	next := ""
	if len(names) > limit {
		names, next = names[:limit], names[limit-1]
	}
	var objects []*Object
	for _, name := range names {
		object, err := s.describe(bucket, name, found[name])
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		objects = append(objects, object)
	}
	return objects, next, nil
}

// Delete removes the object; its folders stay, they are no objects.
func (s *Store) Delete(bucket, name string, conditions Preconditions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	object, err := s.Get(bucket, name)
	if err != nil {
		return err
	}
	if !conditions.hold(object.Generation) {
		return errPrecondition
	}
	if err := os.Remove(s.path("objects", bucket, name)); err != nil {
		return err
	}
	if err := os.Remove(s.path("attributes", bucket, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Commit makes the finished draft the object, if the preconditions hold at this moment.
func (s *Store) Commit(draft *Draft) (*Object, error) {
	object := &Object{Bucket: draft.bucket, Name: draft.name, Size: draft.size, Attributes: draft.attributes}
	object.MD5, object.CRC32C = draft.sums.encoded()
	for _, sum := range [][2]string{{draft.attributes.MD5, object.MD5}, {draft.attributes.CRC32C, object.CRC32C}} {
		if sum[0] != "" && sum[0] != sum[1] {
			return nil, errChecksum
		}
	}
	if err := draft.file.Close(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	present, err := s.Get(draft.bucket, draft.name)
	if err != nil && !errors.Is(err, errNoObject) {
		return nil, err
	}
	object.Generation = time.Now().UnixMicro()
	var generation int64
	if present != nil {
		generation = present.Generation
		object.Generation = max(object.Generation, generation+1)
	}
	if !draft.conditions.hold(generation) {
		return nil, errPrecondition
	}
	return object, s.place(draft.file.Name(), object)
}

func (s *Store) place(draft string, object *Object) error {
	target := s.path("objects", object.Bucket, object.Name)
	attributes := s.path("attributes", object.Bucket, object.Name)
	written := time.UnixMicro(object.Generation)
	encoded, err := json.Marshal(storedAttributes{object.Size, object.Generation, object.Attributes})
	if err != nil {
		return err
	}
	err = errors.Join(
		os.MkdirAll(filepath.Dir(target), 0o755),
		os.MkdirAll(filepath.Dir(attributes), 0o755),
		os.Chtimes(draft, written, written))
	if isNotDirectory(err) {
		return errClash
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(attributes, encoded, 0o644); err != nil {
		return err
	}
	if err := os.Rename(draft, target); err != nil {
		if info, statErr := os.Stat(target); statErr == nil && info.IsDir() {
			return errClash
		}
		return err
	}
	return nil
}

func (p Preconditions) hold(generation int64) bool {
	return (p.match == nil || *p.match == generation) && (p.notMatch == nil || *p.notMatch != generation)
}

// Draft is the content of an upload so far.
type Draft struct {
	bucket, name string
	attributes   Attributes // with the checksums the client declared
	conditions   Preconditions
	file         *os.File
	sums         *sums
	size         int64
}

func (s *Store) NewDraft(bucket, name string, attributes Attributes, conditions Preconditions) (*Draft, error) {
	if err := s.CheckBucket(bucket); err != nil {
		return nil, err
	}
	if !validName(name) {
		return nil, errBadName
	}
	file, err := os.CreateTemp(s.path("uploads"), "draft-*")
	if err != nil {
		return nil, err
	}
	draft := &Draft{bucket, name, attributes, conditions, file, newSums(), 0}
	return draft, file.Chmod(0o644)
}

// Append keeps what arrives, also when the connection breaks in the middle: the client goes on from there.
func (d *Draft) Append(content io.Reader) error {
	written, err := io.Copy(io.MultiWriter(d.file, d.sums), content)
	d.size += written
	return err
}

// Discard is harmless after a commit: the file has its new name by then.
func (d *Draft) Discard() error {
	closing := d.file.Close()
	if errors.Is(closing, os.ErrClosed) {
		closing = nil
	}
	removing := os.Remove(d.file.Name())
	if errors.Is(removing, fs.ErrNotExist) {
		removing = nil
	}
	return errors.Join(closing, removing)
}

type sums struct{ md5, crc hash.Hash }

func newSums() *sums { return &sums{md5.New(), crc32.New(crc32.MakeTable(crc32.Castagnoli))} }

func (s *sums) Write(content []byte) (int, error) {
	s.md5.Write(content)
	return s.crc.Write(content)
}

func (s *sums) encoded() (string, string) {
	crc := binary.BigEndian.AppendUint32(nil, s.crc.(hash.Hash32).Sum32())
	return base64.StdEncoding.EncodeToString(s.md5.Sum(nil)), base64.StdEncoding.EncodeToString(crc)
}

func noObject(bucket, name string) error { return fmt.Errorf("%w: %s/%s", errNoObject, bucket, name) }
