package userlist

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// vectors are the passwords and hashes of testdata/hashes.txt.
func vectors(tb testing.TB) (passwords [][]byte, hashes []string) {
	data, err := os.ReadFile("testdata/hashes.txt")
	if err != nil {
		tb.Fatal(err)
	}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		word, hash, ok := strings.Cut(s.Text(), " ")
		if !ok || word == "#" {
			continue
		}
		password, err := hex.DecodeString(strings.Trim(word, "-"))
		if err != nil {
			tb.Fatal(err)
		}
		passwords, hashes = append(passwords, password), append(hashes, hash)
	}
	return passwords, hashes
}

func TestHashes(t *testing.T) {
	passwords, hashes := vectors(t)
	if len(hashes) < 100 {
		t.Fatalf("%d vectors", len(hashes))
	}
	for i, text := range hashes {
		h, err := ParseHash(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if !h.Match(passwords[i]) {
			t.Errorf("%s (%s): not the hash of %q", text, h.Method, passwords[i])
		}
		wrong := append(bytes.Clone(passwords[i]), '!')
		if full := len(wrong) > 72 && h.Method == "bcrypt"; h.Match(wrong) != full {
			t.Errorf("%s (%s): match %q is %v", text, h.Method, wrong, !full)
		}
	}
}

func TestRefusedHashes(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "not the hash of a password",
		"secret":                                "not the hash of a password",
		"abNANd1rDfiNc":                         "descrypt (DES) are not supported",
		"_J9..rasmz0.F/jqjWck":                  "bsdicrypt (extended DES) are not supported",
		"$3$$878d8014606cda29":                  "NTHASH are not supported",
		"$9$x$y":                                "not the hash of a password",
		"$1$":                                   "its digest is missing",
		"$1$salt$":                              "its digest is missing",
		"$1$salt$short":                         "not of the length",
		"$1$muchtoolong$ez2vlPGdaLYkJam5pWs/Y1": "its salt is too long",
		"$1$sa:lt$ez2vlPGdaLYkJam5pWs/Y1":       "its salt is too long",
		"$1$salt$ez2vlPGdaLYkJam5pWs/Y!":        "not of the length",
		"$5$rounds=999$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":              "its rounds are not a number from 1000",
		"$5$rounds=01000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":            "its rounds are not a number from 1000",
		"$5$rounds=+1000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":            "its rounds are not a number from 1000",
		"$5$rounds=1000000000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":       "its rounds are not a number from 1000",
		"$5$rounds=$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":                 "its rounds are not a number from 1000",
		"$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW":                "not supported",
		"$2b$4$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW":                 "its cost is not a number of two digits",
		"$2b$32$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW":                "its cost is not a number of two digits",
		"$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIr":                 "not of the length",
		"$y$j95T$abcdefghij.K$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":            "its parameters are none",
		"$y$k9T$abcdefghij.K$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":             "its parameters are none",
		"$y$jzT$abcdefghij.K$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":             "its parameters are none",
		"$y$j9T$abcdefghij.!$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":             "its salt",
		"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b4dWRWJTmaaJObG": "Argon2 are not supported",
	} {
		h, err := ParseHash(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v; want an error with %q", text, h, err, want)
		}
	}
}

func TestSlowHashes(t *testing.T) {
	for text, want := range map[string]string{
		"$5$rounds=400000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7":  "",
		"$5$rounds=9000000$salt$CCvcOM6b7TEJDPb37Aec/9UpOg4QhPNAxPpL9ZzjTB7": "9000000 rounds",
		"$2b$13$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW":       "",
		"$2b$14$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW":       "a cost of 14",
		"$y$j9T$abcdefghij.K$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":    "",
		"$y$jDT$abcdefghij.K$oOjrP.cP28vg5OTXU2v51QOBxNpOAUXL4/0aISl.XM/":    "256 MiB of memory",
	} {
		if h, err := ParseHash(text); err != nil || h.Slow != want {
			t.Errorf("%s: %+v, %v; want %q", text, h, err, want)
		}
	}
}

// Hashes that are cut anywhere are refused, but none makes the parser panic.
func TestCutHashes(t *testing.T) {
	_, hashes := vectors(t)
	for _, text := range hashes {
		for i := range text {
			if h, err := ParseHash(text[:i]); err == nil {
				t.Fatalf("%q: %+v", text[:i], h)
			}
		}
	}
}

func FuzzParseHash(f *testing.F) {
	_, hashes := vectors(f)
	for _, text := range hashes {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := ParseHash(text); err == nil && h.Slow == "" && strings.HasPrefix(text, "$1$") {
			h.Match([]byte(text))
		}
	})
}
