package userlist

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-crypt/x/bcrypt"
	"github.com/go-crypt/x/crypt"
	"github.com/go-crypt/x/yescrypt"
)

// Hash is the hash of a password in a form of crypt(3). Its forms are those of
// crypt(5) whose algorithms a library here has.
type Hash struct {
	Method string // "sha512crypt"
	// Slow says that a verification takes a good part of a second, and why; "": it
	// does not.
	Slow string

	text  string
	match func(password []byte) bool
}

// methods are the known forms by how they begin. A nil parse: nothing here can
// compute it.
var methods = []struct {
	prefix, name string
	parse        func(h *Hash, rest string) error
}{
	{"$1$", "md5crypt", parseMD5},
	{"$5$", "sha256crypt", func(h *Hash, rest string) error { return parseSHA(h, rest, 43) }},
	{"$6$", "sha512crypt", func(h *Hash, rest string) error { return parseSHA(h, rest, 86) }},
	{"$2a$", "bcrypt", parseBcrypt},
	{"$2b$", "bcrypt", parseBcrypt},
	{"$2y$", "bcrypt", parseBcrypt},
	{"$y$", "yescrypt", parseYescrypt},
	{"$2x$", "bcrypt with the fault of 2011", nil},
	{"$2$", "the first bcrypt", nil},
	{"$gy$", "gost-yescrypt", nil},
	{"$sm3$", "sm3crypt", nil},
	{"$7$", "scrypt", nil},
	{"$sha1", "sha1crypt", nil},
	{"$md5", "SunMD5", nil},
	{"$3$", "NTHASH", nil},
	{"$apr1$", "MD5 of Apache", nil},
	{"$argon2", "Argon2", nil},
	{"_", "bsdicrypt (extended DES)", nil},
}

// ParseHash reads a hash of crypt(3). The error says what is wrong with it, or that
// its form is none of those that can be verified here.
func ParseHash(text string) (*Hash, error) {
	for _, m := range methods {
		rest, ok := strings.CutPrefix(text, m.prefix)
		if !ok {
			continue
		}
		if m.parse == nil {
			return nil, fmt.Errorf("hashes of %s are not supported (%s)", m.name, supported)
		}
		h := &Hash{Method: m.name, text: text}
		if err := m.parse(h, rest); err != nil {
			return nil, fmt.Errorf("this is no hash of %s: %w", m.name, err)
		}
		return h, nil
	}
	if len(text) == 13 && strings.Trim(text, digits) == "" {
		return nil, fmt.Errorf("hashes of descrypt (DES) are not supported (%s)", supported)
	}
	return nil, fmt.Errorf("this is not the hash of a password (%s); a password itself follows 'insecure-password'", supported)
}

const supported = "known are $1$, $5$, $6$, $2a$, $2b$, $2y$ and $y$"

// digits are those of the base 64 of crypt(3).
const digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Match hashes password and compares.
func (h *Hash) Match(password []byte) bool { return h.match(password) }

// digest compares what compute makes of a password with what follows the last $ of
// rest.
func digest(rest string, compute func(password []byte) []byte) func(password []byte) bool {
	want := []byte(rest[strings.LastIndexByte(rest, '$')+1:])
	return func(password []byte) bool { return subtle.ConstantTimeCompare(want, compute(password)) == 1 }
}

var (
	errNoDigest = errors.New("its digest is missing")
	errDigest   = errors.New("its digest is not of the length or the letters of one")
	errSalt     = errors.New("its salt is too long or has other letters than a salt")
)

// split cuts salt$digest, a salt of most bytes and a digest of exactly so many, and
// gives what precedes the digest as well.
func (h *Hash) split(rest string, most, digest int) (salt []byte, setting string, err error) {
	i := strings.IndexByte(rest, '$')
	if i < 0 || i+1 == len(rest) {
		return nil, "", errNoDigest
	}
	if i > most || strings.ContainsAny(rest[:i], ":\n") {
		return nil, "", errSalt
	}
	if d := rest[i+1:]; len(d) != digest || strings.Trim(d, digits) != "" {
		return nil, "", errDigest
	}
	return []byte(rest[:i]), h.text[:len(h.text)-digest-1], nil
}

func parseMD5(h *Hash, rest string) error {
	salt, _, err := h.split(rest, 8, 22)
	if err != nil {
		return err
	}
	h.match = digest(rest, func(password []byte) []byte { return crypt.KeyMD5Crypt(password, salt) })
	return nil
}

// The rounds of the two: when none are written, and as many as may be.
const (
	shaRounds    = 5000
	shaMinRounds = 1000
	shaMaxRounds = 999_999_999
)

func parseSHA(h *Hash, rest string, letters int) error {
	rounds := shaRounds
	if text, ok := strings.CutPrefix(rest, "rounds="); ok {
		text, after, _ := strings.Cut(text, "$")
		n, err := strconv.Atoi(text)
		if err != nil || n < shaMinRounds || n > shaMaxRounds || text[0] < '1' || text[0] > '9' {
			return fmt.Errorf("its rounds are not a number from %d to %d", shaMinRounds, shaMaxRounds)
		}
		rounds, rest = n, after
		if n > 400_000 {
			h.Slow = fmt.Sprintf("%d rounds", n)
		}
	}
	salt, _, err := h.split(rest, 16, letters)
	if err != nil {
		return err
	}
	sum := sha256.New
	if letters == 86 {
		sum = sha512.New
	}
	h.match = digest(rest, func(password []byte) []byte { return crypt.KeySHACrypt(sum, password, salt, rounds) })
	return nil
}

// parseBcrypt reads cost$, a salt of 22 letters and a digest of 31.
func parseBcrypt(h *Hash, rest string) error {
	cost, secret, ok := strings.Cut(rest, "$")
	n, err := strconv.Atoi(cost)
	switch {
	case !ok || len(cost) != 2 || err != nil || n < bcrypt.MinCost || n > bcrypt.MaxCost:
		return fmt.Errorf("its cost is not a number of two digits from %02d to %d", bcrypt.MinCost, bcrypt.MaxCost)
	case len(secret) != bcrypt.EncodedSaltSize+bcrypt.EncodedHashSize || strings.Trim(secret, digits) != "":
		return errDigest
	}
	if n > 13 {
		h.Slow = "a cost of " + cost
	}
	text := []byte(h.text)
	h.match = func(password []byte) bool { return bcrypt.CompareHashAndPassword(text, password) == nil }
	return nil
}

// parseYescrypt reads the parameters, a salt and a digest of 43 letters. The
// library has those that libxcrypt generates.
func parseYescrypt(h *Hash, rest string) error {
	params, after, _ := strings.Cut(rest, "$")
	if len(params) != 3 || params[0] != 'j' || strings.Trim(params, digits) != "" {
		return errYescrypt
	}
	log, blocks := strings.IndexByte(digits, params[1])+1, strings.IndexByte(digits, params[2])+1
	if log < 10 || log > 18 || blocks > 32 {
		return errYescrypt
	}
	salt, setting, err := h.split(after, 86, 43)
	if err != nil {
		return err
	}
	if yescrypt.Decode64(salt) == nil {
		return errSalt
	}
	if mib := blocks << log >> 13; mib > 64 {
		h.Slow = fmt.Sprintf("%d MiB of memory", mib)
	}
	h.match = digest(after, func(password []byte) []byte {
		full, err := yescrypt.Hash(password, []byte(setting))
		if err != nil {
			return nil
		}
		return full[len(full)-43:]
	})
	return nil
}

var errYescrypt = errors.New("its parameters are none that can be verified")
