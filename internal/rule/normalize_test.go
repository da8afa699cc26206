package rule

import (
	"strings"
	"testing"
)

// The examples of the manual (4.4, normalize-uri), and what else a path can be.
func TestNormalizers(t *testing.T) {
	for _, c := range []struct{ how, from, to string }{
		{"fragment-encode", "/#foo", "/%23foo"}, {"fragment-encode", "/a#b#c?d#e", "/a%23b%23c?d%23e"},
		{"fragment-strip", "/#foo", "/"}, {"fragment-strip", "/a?b#c", "/a?b"},
		{"path-strip-dot", "/.", "/"}, {"path-strip-dot", "/./bar/", "/bar/"}, {"path-strip-dot", "/a/./a", "/a/a"},
		{"path-strip-dot", "/.well-known/", "/.well-known/"}, {"path-strip-dot", "/a/.", "/a/"}, {"path-strip-dot", "/././.", "/"},
		{"path-strip-dot", "/a?b=/./", "/a?b=/./"}, {"path-strip-dot", "/a/..", "/a/.."}, {"path-strip-dot", "//./", "//"},
		{"path-strip-dotdot", "/foo/../", "/"}, {"path-strip-dotdot", "/foo/../bar/", "/bar/"}, {"path-strip-dotdot", "/foo/bar/../", "/foo/"},
		{"path-strip-dotdot", "/../bar/", "/../bar/"}, {"path-strip-dotdot", "/bar/../../", "/../"}, {"path-strip-dotdot", "/foo//../", "/foo/"},
		{"path-strip-dotdot", "/foo/%2E%2E/", "/foo/%2E%2E/"}, {"path-strip-dotdot", "/foo/bar/..", "/foo/"}, {"path-strip-dotdot", "/foo/..", "/"},
		{"path-strip-dotdot", "/foo/...", "/foo/..."}, {"path-strip-dotdot", "/a/b?c=/../", "/a/b?c=/../"},
		{"path-strip-dotdot full", "/../bar/", "/bar/"}, {"path-strip-dotdot full", "/bar/../../", "/"}, {"path-strip-dotdot full", "/..", "/"},
		{"path-strip-dotdot full", "/a/../../b", "/b"},
		{"path-merge-slashes", "//", "/"}, {"path-merge-slashes", "/foo//bar", "/foo/bar"}, {"path-merge-slashes", "///a//b///", "/a/b/"},
		{"path-merge-slashes", "/a?b=//c", "/a?b=//c"}, {"path-merge-slashes", "http://h//a", "http://h/a"},
		{"percent-decode-unreserved", "/%61dmin", "/admin"}, {"percent-decode-unreserved", "/foo%3Fbar=baz", "/foo%3Fbar=baz"},
		{"percent-decode-unreserved", "/%%36%36", "/%66"}, {"percent-decode-unreserved", "/%ZZ", "/%ZZ"},
		{"percent-decode-unreserved", "/%7e%2D%2e%5F%6", "/~-._%6"},
		{"percent-decode-unreserved strict", "/%%36%36", "400"}, {"percent-decode-unreserved strict", "/%ZZ", "400"}, {"percent-decode-unreserved strict", "/%4", "400"},
		{"percent-decode-unreserved strict", "/%41%2f", "/A%2f"},
		{"percent-to-uppercase", "/%6f", "/%6F"}, {"percent-to-uppercase", "/%zz", "/%zz"}, {"percent-to-uppercase", "/%aF?%bc", "/%AF?%BC"},
		{"percent-to-uppercase strict", "/%zz", "400"},
		{"query-sort-by-name", "/?c=3&a=1&b=2", "/?a=1&b=2&c=3"}, {"query-sort-by-name", "/?aaa=3&a=1&aa=2", "/?a=1&aa=2&aaa=3"},
		{"query-sort-by-name", "/?a=3&b=4&a=1&b=5&a=2", "/?a=3&a=1&a=2&b=4&b=5"}, {"query-sort-by-name", "/a", "/a"}, {"query-sort-by-name", "/?", "/?"},
		{"query-sort-by-name", "/?b&a&", "/?&a&b"},
	} {
		a, rest, err := parseNormalizeURI(nil, strings.Fields(c.how))
		if err != nil || len(rest) > 0 {
			t.Fatal(c.how, err, rest)
		}
		got, ok := a.(*normalizeURI).normal(nil, []byte(c.from), pathStart([]byte(c.from)))
		if !ok {
			got = []byte("400")
		}
		if string(got) != c.to {
			t.Errorf("%s: %s gives %s, want %s", c.how, c.from, got, c.to)
		}
	}
}

func TestNormalizeURIWords(t *testing.T) {
	for words, want := range map[string]string{
		"":                            "missing argument <normalizer>",
		"if x":                        "missing argument <normalizer>",
		"foo":                         "unknown normalizer 'foo'",
		"path-strip-dotdot half":      "unknown argument 'half' for 'path-strip-dotdot' normalizer",
		"percent-to-uppercase full":   "unknown argument 'full' for 'percent-to-uppercase' normalizer",
		"percent-to-uppercase strict": "", "path-strip-dotdot if x": "", "path-strip-dot unless x": "",
	} {
		_, _, err := parseNormalizeURI(nil, strings.Fields(words))
		if got := ""; err != nil && err.Error() != want || err == nil && got != want {
			t.Errorf("%q: %v, want %q", words, err, want)
		}
	}
}

func FuzzNormalizers(f *testing.F) {
	f.Add("/a/../b/./c//d?x=1&a=%61#f")
	f.Add("http://h/..%2f")
	f.Fuzz(func(t *testing.T, target string) {
		start := pathStart([]byte(target))
		for _, n := range normalizers {
			for _, f := range []normalizer{n.plain, n.withArg} {
				if f == nil {
					continue
				}
				got, ok := f(nil, []byte(target), start)
				if !ok || n.name == "percent-decode-unreserved" { // which may leave what it would decode again
					continue
				}
				if again, _ := f(nil, got, pathStart(got)); string(again) != string(got) && !strings.HasPrefix(n.name, "path") {
					t.Errorf("%s of %q is %q, and again %q", n.name, target, got, again)
				}
			}
		}
	})
}
