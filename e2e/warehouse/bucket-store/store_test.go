package main

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

type client struct {
	t    *testing.T
	url  string
	root string
}

func start(t *testing.T, root string) client {
	store, err := OpenStore(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(newAPI(store))
	t.Cleanup(server.Close)
	return client{t, server.URL, root}
}

func (c client) send(method, path string, body io.Reader, header ...string) (*http.Response, []byte) {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.url + path
	}
	request, err := http.NewRequest(method, path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, content
}

func (c client) expect(status int, method, path string, body []byte, header ...string) []byte {
	c.t.Helper()
	response, content := c.send(method, path, bytes.NewReader(body), header...)
	if response.StatusCode != status {
		c.t.Fatalf("%s %s: %d instead of %d: %s", method, path, response.StatusCode, status, content)
	}
	return content
}

const uploads = "/upload/storage/v1/b/b/o?uploadType="

func (c client) put(name, content string) {
	c.t.Helper()
	c.expect(200, "POST", uploads+"media&name="+url.QueryEscape(name), []byte(content))
}

func (c client) begin(name, more string) string {
	c.t.Helper()
	response, content := c.send("POST", uploads+"resumable"+more, strings.NewReader(`{"name":"`+name+`"}`))
	if response.StatusCode != 200 {
		c.t.Fatalf("%d %s", response.StatusCode, content)
	}
	return response.Header.Get("Location")
}

func sum(content []byte) string {
	sum := md5.Sum(content)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestAnUploadedObjectIsDescribedReadAndDeleted(t *testing.T) {
	c := start(t, t.TempDir())
	body := "--x\r\nContent-Type: application/json\r\n\r\n{\"name\":\"a/b c\",\"metadata\":{\"k\":\"v\"}}\r\n" +
		"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
	c.expect(200, "POST", uploads+"multipart", []byte(body), "Content-Type", `multipart/related; boundary="x"`)
	var object struct {
		Name, Size, MD5Hash, CRC32C, Generation, ContentType string
		Metadata                                             map[string]string
	}
	if err := json.Unmarshal(c.expect(200, "GET", "/storage/v1/b/b/o/a%2Fb%20c", nil), &object); err != nil {
		t.Fatal(err)
	}
	if object.Name != "a/b c" || object.Size != "5" || object.MD5Hash != sum([]byte("hello")) || object.CRC32C != "mnG7TA==" ||
		object.ContentType != "text/plain" || object.Metadata["k"] != "v" || len(object.Generation) < 10 {
		t.Errorf("%+v", object)
	}
	response, content := c.send("GET", "/download/storage/v1/b/b/o/a%2Fb%20c?alt=media", nil, "Range", "bytes=1-2")
	if response.StatusCode != 206 || string(content) != "el" {
		t.Errorf("%d %q", response.StatusCode, content)
	}
	if plain, err := os.ReadFile(filepath.Join(c.root, "objects/b/a/b c")); err != nil || string(plain) != "hello" {
		t.Errorf("the object is no plain file: %q %v", plain, err)
	}
	c.expect(204, "DELETE", "/storage/v1/b/b/o/a%2Fb%20c", nil)
	c.expect(404, "GET", "/storage/v1/b/b/o/a%2Fb%20c", nil)
	c.expect(404, "DELETE", "/storage/v1/b/b/o/a%2Fb%20c", nil)
}

func TestOfRacingCreationsOneWins(t *testing.T) {
	c := start(t, t.TempDir())
	var created, refused atomic.Int32
	var racers sync.WaitGroup
	for i := range 16 {
		racers.Add(1)
		go func() {
			defer racers.Done()
			response, content := c.send("POST", uploads+"media&name=receipt&ifGenerationMatch=0", strings.NewReader(fmt.Sprint(i)))
			switch response.StatusCode {
			case 200:
				created.Add(1)
			case 412:
				refused.Add(1)
			default:
				t.Errorf("%d %s", response.StatusCode, content)
			}
		}()
	}
	racers.Wait()
	if created.Load() != 1 || refused.Load() != 15 {
		t.Errorf("%d created, %d refused", created.Load(), refused.Load())
	}
	if left, _ := filepath.Glob(filepath.Join(c.root, "uploads/*")); len(left) > 0 {
		t.Errorf("drafts left behind: %v", left)
	}
}

func TestResumableUploadSurvivesLostAnswersAndRepeatedChunks(t *testing.T) {
	c := start(t, t.TempDir())
	content := make([]byte, 3*chunkUnit+7)
	rand.NewChaCha8([32]byte{}).Read(content)
	total := len(content)
	location := c.begin("big", "&ifGenerationMatch=0")
	send := func(status, from, to int, size string) []byte {
		t.Helper()
		return c.expect(status, "PUT", location, content[from:to], "Content-Range", fmt.Sprintf("bytes %d-%d/%s", from, to-1, size))
	}
	ask := func(want string) {
		t.Helper()
		response, _ := c.send("PUT", location, nil, "Content-Range", fmt.Sprintf("bytes */%d", total))
		if got := response.Header.Get("Range"); response.StatusCode != 308 || got != want {
			t.Fatalf("%d %q instead of %q", response.StatusCode, got, want)
		}
	}
	ask("")
	send(308, 0, chunkUnit, "*")
	send(308, 0, chunkUnit, "*")   // its answer was lost: sent again
	send(308, 0, 2*chunkUnit, "*") // overlapping
	ask(fmt.Sprintf("bytes=0-%d", 2*chunkUnit-1))
	c.expect(404, "GET", "/storage/v1/b/b/o/big", nil)                                                                        // a question commits nothing
	send(400, 3*chunkUnit, total, fmt.Sprint(total))                                                                          // a hole
	c.expect(400, "PUT", location, content[:100], "Content-Range", fmt.Sprintf("bytes %d-%d/*", 2*chunkUnit, 2*chunkUnit+99)) // no unit
	send(200, 2*chunkUnit, total, fmt.Sprint(total))
	if again := c.expect(200, "PUT", location, nil, "Content-Range", fmt.Sprintf("bytes */%d", total)); !bytes.Contains(again, []byte(sum(content))) {
		t.Errorf("the answer after the last chunk cannot be had again: %s", again)
	}
	if stored := c.expect(200, "GET", "/storage/v1/b/b/o/big?alt=media", nil); !bytes.Equal(stored, content) {
		t.Errorf("%d bytes of %d", len(stored), total)
	}
}

func TestAnUploadOfUnknownLengthEndsWithAnEmptyChunk(t *testing.T) {
	c := start(t, t.TempDir())
	location := c.begin("big", "")
	content := make([]byte, chunkUnit)
	c.expect(308, "PUT", location, content, "Content-Range", fmt.Sprintf("bytes 0-%d/*", chunkUnit-1))
	c.expect(200, "PUT", location, nil, "Content-Range", fmt.Sprintf("bytes */%d", chunkUnit))
	c.expect(200, "GET", "/storage/v1/b/b/o/big", nil)
}

func TestARefusedOrCancelledUploadLeavesNothing(t *testing.T) {
	c := start(t, t.TempDir())
	c.put("x", "first")
	location := c.begin("x", "&ifGenerationMatch=0")
	c.expect(412, "PUT", location, []byte("second"), "Content-Range", "bytes 0-5/6")
	c.expect(404, "PUT", location, []byte("second"), "Content-Range", "bytes 0-5/6")
	location = c.begin("y", "")
	c.expect(499, "DELETE", location, nil)
	if content := c.expect(200, "GET", "/storage/v1/b/b/o/x?alt=media", nil); string(content) != "first" {
		t.Errorf("%s", content)
	}
	c.expect(400, "POST", uploads+"multipart", []byte("--x\r\n\r\n{\"name\":\"z\",\"md5Hash\":\"AAAA\"}\r\n--x\r\n\r\nhello\r\n--x--"),
		"Content-Type", "multipart/related; boundary=x")
	c.expect(404, "GET", "/storage/v1/b/b/o/z", nil)
	if left, _ := filepath.Glob(filepath.Join(c.root, "uploads/*")); len(left) > 0 {
		t.Errorf("drafts left behind: %v", left)
	}
}

func TestListByPrefixInPages(t *testing.T) {
	c := start(t, t.TempDir())
	for _, name := range []string{"a/1", "a/2", "a/10", "ab", "b/1"} {
		c.put(name, name)
	}
	names := func(path string) []string {
		var found []string
		for token := ""; ; {
			var page struct {
				Items         []struct{ Name string }
				NextPageToken string
			}
			if err := json.Unmarshal(c.expect(200, "GET", path+"&maxResults=2&pageToken="+token, nil), &page); err != nil {
				t.Fatal(err)
			}
			if len(page.Items) > 2 {
				t.Errorf("a page of %d", len(page.Items))
			}
			for _, item := range page.Items {
				found = append(found, item.Name)
			}
			if token = page.NextPageToken; token == "" {
				return found
			}
		}
	}
	for prefix, want := range map[string]string{"": "[a/1 a/10 a/2 ab b/1]", "a": "[a/1 a/10 a/2 ab]", "a/": "[a/1 a/10 a/2]",
		"a/1": "[a/1 a/10]", "zz": "[]", "zz/zz": "[]", "ab/": "[]"} {
		if got := fmt.Sprint(names("/storage/v1/b/b/o?prefix=" + url.QueryEscape(prefix))); got != want {
			t.Errorf("prefix %q: %s instead of %s", prefix, got, want)
		}
	}
	c.expect(404, "GET", "/storage/v1/b/nope/o", nil)
}

func TestGenerationsGrowAndAreComparedExactly(t *testing.T) {
	c := start(t, t.TempDir())
	generation := func(content []byte) (g int64) {
		var object struct {
			Generation int64 `json:",string"`
		}
		if err := json.Unmarshal(content, &object); err != nil {
			t.Fatal(err)
		}
		return object.Generation
	}
	last := int64(0)
	for range 20 {
		now := generation(c.expect(200, "POST", uploads+fmt.Sprintf("media&name=x&ifGenerationMatch=%d", last), []byte("x")))
		if now <= last {
			t.Fatalf("%d after %d", now, last)
		}
		last = now
	}
	c.expect(412, "POST", uploads+"media&name=x&ifGenerationMatch=1", []byte("x"))
	c.expect(412, "DELETE", "/storage/v1/b/b/o/x?ifGenerationMatch=1", nil)
	c.expect(204, "DELETE", fmt.Sprintf("/storage/v1/b/b/o/x?ifGenerationMatch=%d", last), nil)
}

func TestObjectsSurviveARestartAndHashesAreComputedWhenAttributesAreLost(t *testing.T) {
	root := t.TempDir()
	before := start(t, root)
	before.put("kept", "content")
	described := before.expect(200, "GET", "/storage/v1/b/b/o/kept", nil)
	location := before.begin("cut", "")
	after := start(t, root)
	if got := after.expect(200, "GET", "/storage/v1/b/b/o/kept", nil); strings.ReplaceAll(string(got), after.url, "") != strings.ReplaceAll(string(described), before.url, "") {
		t.Errorf("%s instead of %s", got, described)
	}
	after.expect(404, "PUT", strings.Replace(location, before.url, after.url, 1), []byte("x"))
	if err := os.Remove(filepath.Join(root, "attributes/b/kept")); err != nil {
		t.Fatal(err)
	}
	if got := after.expect(200, "GET", "/storage/v1/b/b/o/kept", nil); !strings.Contains(string(got), sum([]byte("content"))) {
		t.Errorf("%s", got)
	}
}

func TestNamesThatNoFileCanHaveAreRefused(t *testing.T) {
	c := start(t, t.TempDir())
	c.put("a", "x")
	for _, name := range []string{"../x", "a//b", "/a", "", "a/", strings.Repeat("x", 1025), "a/b"} {
		c.expect(400, "POST", uploads+"media&name="+url.QueryEscape(name), []byte("x"))
	}
	c.expect(404, "GET", "/storage/v1/b/b/o/..%2F..%2Fstore", nil)
	c.expect(404, "POST", "/upload/storage/v1/b/nope/o?uploadType=media&name=x", []byte("x"))
	c.expect(501, "POST", "/storage/v1/b/b/o/a/rewriteTo/b/b/o/c", nil)
}
