package sample

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
	"sync"
)

// Digests by name and AES (manual 7.3.1: digest, hmac, aes_*).

// digests are the algorithms that digest and hmac know, by OpenSSL's names.
var digests = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New,
	"sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	"sha512-224": sha512.New512_224, "sha512-256": sha512.New512_256,
	"sha3-224": func() hash.Hash { return sha3.New224() }, "sha3-256": func() hash.Hash { return sha3.New256() },
	"sha3-384": func() hash.Hash { return sha3.New384() }, "sha3-512": func() hash.Hash { return sha3.New512() },
}

func digestOf(name string) (func() hash.Hash, error) {
	lower := strings.ToLower(name)
	if lower == "sha-1" || strings.HasPrefix(lower, "sha2-") {
		lower = "sha" + lower[strings.IndexByte(lower, '-')+1:]
		lower = strings.ReplaceAll(lower, "/", "-")
	}
	if f := digests[lower]; f != nil {
		return f, nil
	}
	return nil, errors.New("algorithm must be a valid OpenSSL message digest name.")
}

func compileDigest(a []Arg, _ *Scope) (Eval, error) {
	f, err := digestOf(a[0].Text)
	if err != nil {
		return nil, err
	}
	pool := sync.Pool{New: func() any { return f() }}
	return func(c *Ctx, s *Sample) bool {
		h := pool.Get().(hash.Hash)
		defer pool.Put(h)
		h.Reset()
		h.Write(s.Data)
		b := c.bytes(h.Size())
		return b != nil && s.setBin(h.Sum(b[:0]))
	}, nil
}

func compileHMAC(a []Arg, sc *Scope) (Eval, error) {
	f, err := digestOf(a[0].Text)
	if err != nil {
		return nil, err
	}
	key, err := secret("key", a[1], sc)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, s *Sample) bool {
		k, ok := key(c)
		if !ok {
			return false
		}
		h := hmac.New(f, k)
		h.Write(s.Data)
		b := c.bytes(h.Size())
		return b != nil && s.setBin(h.Sum(b[:0]))
	}, nil
}

// bytesOf gives an argument's value for a request; false: there is none.
type bytesOf func(*Ctx) ([]byte, bool)

// secret compiles an argument that is base64, or a variable which holds base64.
func secret(what string, a Arg, sc *Scope) (bytesOf, error) {
	if isVariable(a.Text) {
		v, err := variable(a.Text, sc)
		if err != nil {
			return nil, err
		}
		return func(c *Ctx) ([]byte, bool) {
			b, ok := v(c)
			if !ok {
				return nil, false
			}
			out := c.bytes(base64.StdEncoding.DecodedLen(len(b)))
			if out == nil {
				return nil, false
			}
			n, err := base64.StdEncoding.Decode(out, b)
			return out[:n], err == nil
		}, nil
	}
	b, err := base64.StdEncoding.DecodeString(a.Text)
	if err != nil {
		return nil, errors.New("failed to parse " + what + " : argument needs to be base64 encoded, and can either be a string or a variable")
	}
	return func(*Ctx) ([]byte, bool) { return b, true }, nil
}

// keyed checks the first argument of an AES converter, the bits of its key.
func keyed(a Arg) (size int, err error) {
	switch a.Int {
	case 128, 192, 256:
		return int(a.Int / 8), nil
	}
	return 0, errors.New("key size must be 128, 192 or 256 (bits).")
}

// compileAESCBC compiles aes_cbc_enc and aes_cbc_dec(bits,nonce,key): PKCS#7
// padding. Additional data cannot be authenticated in this mode and is refused.
func compileAESCBC(encrypt bool) func([]Arg, *Scope) (Eval, error) {
	return func(a []Arg, sc *Scope) (Eval, error) {
		size, nonce, key, err := aesArgs(a, sc)
		if err != nil {
			return nil, err
		}
		if a[3].Set {
			if _, err := secret("aad", a[3], sc); err != nil {
				return nil, err
			}
		}
		return func(c *Ctx, s *Sample) bool {
			k, ok1 := key(c)
			iv, ok2 := nonce(c)
			if !ok1 || !ok2 || len(k) < size || len(iv) < aes.BlockSize {
				return false
			}
			block, err := aes.NewCipher(k[:size])
			if err != nil {
				return false
			}
			iv = iv[:aes.BlockSize]
			if encrypt {
				pad := aes.BlockSize - len(s.Data)%aes.BlockSize
				b := c.bytes(len(s.Data) + pad)
				if b == nil {
					return false
				}
				for i := copy(b, s.Data); i < len(b); i++ {
					b[i] = byte(pad)
				}
				cipher.NewCBCEncrypter(block, iv).CryptBlocks(b, b)
				return s.setBin(b)
			}
			n := len(s.Data)
			b := c.bytes(n)
			if b == nil || n == 0 || n%aes.BlockSize != 0 {
				return false
			}
			cipher.NewCBCDecrypter(block, iv).CryptBlocks(b, s.Data)
			pad := int(b[n-1])
			if pad == 0 || pad > aes.BlockSize {
				return false
			}
			for _, p := range b[n-pad:] {
				if int(p) != pad {
					return false
				}
			}
			return s.setBin(c.keep(b, n-pad))
		}, nil
	}
}

func aesArgs(a []Arg, sc *Scope) (size int, nonce, key bytesOf, err error) {
	if size, err = keyed(a[0]); err != nil {
		return
	}
	if nonce, err = secret("nonce", a[1], sc); err != nil {
		return
	}
	key, err = secret("key", a[2], sc)
	return
}

const gcmTag = 16

// compileAESGCMDec compiles aes_gcm_dec(bits,nonce,key,tag[,aad]).
func compileAESGCMDec(a []Arg, sc *Scope) (Eval, error) {
	size, nonce, key, err := aesArgs(a, sc)
	if err != nil {
		return nil, err
	}
	tag, err := secret("aead_tag", a[3], sc)
	if err != nil {
		return nil, err
	}
	aad, err := additional(a[4], sc)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, s *Sample) bool {
		t, ok := tag(c)
		g, iv := gcm(c, key, nonce, size)
		more, ok2 := aad(c)
		if !ok || !ok2 || g == nil || len(t) != gcmTag {
			return false
		}
		b := c.bytes(len(s.Data) + gcmTag)
		if b == nil {
			return false
		}
		copy(b[copy(b, s.Data):], t)
		out, err := g.Open(b[:0], iv, b, more)
		return err == nil && s.setBin(out)
	}, nil
}

// compileAESGCMEnc compiles aes_gcm_enc(bits,nonce,key,tag[,aad]); tag is the
// variable that gets the tag in base64.
func compileAESGCMEnc(a []Arg, sc *Scope) (Eval, error) {
	size, nonce, key, err := aesArgs(a, sc)
	if err != nil {
		return nil, err
	}
	store, err := setter(a[3].Text, sc)
	if err != nil {
		return nil, err
	}
	aad, err := additional(a[4], sc)
	if err != nil {
		return nil, err
	}
	return func(c *Ctx, s *Sample) bool {
		g, iv := gcm(c, key, nonce, size)
		more, ok := aad(c)
		if g == nil || !ok {
			return false
		}
		b := c.bytes(len(s.Data) + gcmTag)
		if b == nil {
			return false
		}
		n := copy(b, s.Data)
		g.Seal(b[:0], iv, b[:n], more)
		var text [24]byte
		base64.StdEncoding.Encode(text[:], b[n:])
		store(c, text[:])
		return s.setBin(b[:n:n])
	}, nil
}

func additional(a Arg, sc *Scope) (bytesOf, error) {
	if !a.Set {
		return func(*Ctx) ([]byte, bool) { return nil, true }, nil
	}
	return secret("aad", a, sc)
}

func gcm(c *Ctx, key, nonce bytesOf, size int) (cipher.AEAD, []byte) {
	k, ok1 := key(c)
	iv, ok2 := nonce(c)
	if !ok1 || !ok2 || len(k) < size || len(iv) == 0 {
		return nil, nil
	}
	block, err := aes.NewCipher(k[:size])
	if err != nil {
		return nil, nil
	}
	g, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil, nil
	}
	return g, iv
}
