package sample

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash"
)

// Encrypted JSON web tokens (manual 7.3.1: jwt_decrypt_*; RFC 7516, RFC 7518).

// jweHeader is what the protected header of a token says.
type jweHeader struct {
	Alg, Enc string
	IV, Tag  string // of AES-GCM key wrapping
	EPK      jwk    // of ECDH-ES
	APU, APV string
	Zip      string
}

// jweContent are the content encryptions: sizes in bytes; mac nil: AES-GCM.
var jweContent = map[string]struct {
	key int
	mac func() hash.Hash
}{
	"A128CBC-HS256": {32, sha256.New}, "A192CBC-HS384": {48, sha512.New384}, "A256CBC-HS512": {64, sha512.New},
	"A128GCM": {16, nil}, "A192GCM": {24, nil}, "A256GCM": {32, nil},
}

// jweWraps are the sizes of the keys that wrap others, in bytes.
var jweWraps = map[string]int{
	"A128KW": 16, "A192KW": 24, "A256KW": 32, "A128GCMKW": 16, "A192GCMKW": 24, "A256GCMKW": 32,
	"ECDH-ES+A128KW": 16, "ECDH-ES+A192KW": 24, "ECDH-ES+A256KW": 32,
}

var errJWE = errors.New("the token cannot be decrypted")

func unBase64(s []byte) ([]byte, error) {
	b := make([]byte, base64.RawURLEncoding.DecodedLen(len(s)))
	n, err := base64.RawURLEncoding.Decode(b, bytes.TrimRight(s, "="))
	return b[:n], err
}

// decryptJWE gives the content of a token in the compact form, if allowed says so of
// its algorithm and its encoding; nil: of all.
func decryptJWE(token []byte, k *jweKey, allowed func(alg, enc string) bool) ([]byte, error) {
	part, n := tokenParts(token)
	if n != 5 {
		return nil, errJWE
	}
	var raw [5][]byte
	for i := range raw {
		var err error
		if raw[i], err = unBase64(part[i]); err != nil {
			return nil, err
		}
	}
	var h jweHeader
	if err := json.Unmarshal(raw[0], &h); err != nil {
		return nil, err
	}
	enc, ok := jweContent[h.Enc]
	if !ok || h.Zip != "" || allowed != nil && !allowed(h.Alg, h.Enc) {
		return nil, errJWE
	}
	cek, err := k.contentKey(&h, raw[1], enc.key)
	if err != nil || len(cek) != enc.key {
		return nil, errJWE
	}
	if enc.mac == nil {
		return openGCM(cek, raw[2], raw[3], raw[4], part[0])
	}
	return openCBC(cek, enc.mac, raw[2], raw[3], raw[4], part[0])
}

func openGCM(key, iv, text, tag, aad []byte) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil || len(iv) != 12 || len(tag) != 16 {
		return nil, errJWE
	}
	g, err := cipher.NewGCM(c)
	if err != nil {
		return nil, err
	}
	return g.Open(nil, iv, append(text[:len(text):len(text)], tag...), aad)
}

// openCBC checks the code of authentication before it decrypts (RFC 7518 5.2.2.2).
func openCBC(key []byte, mac func() hash.Hash, iv, text, tag, aad []byte) ([]byte, error) {
	half := len(key) / 2
	m := hmac.New(mac, key[:half])
	m.Write(aad)
	m.Write(iv)
	m.Write(text)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))*8))
	c, err := aes.NewCipher(key[half:])
	if err != nil || len(iv) != aes.BlockSize || len(text) == 0 || len(text)%aes.BlockSize != 0 || !hmac.Equal(tag, m.Sum(nil)[:half]) {
		return nil, errJWE
	}
	out := make([]byte, len(text))
	cipher.NewCBCDecrypter(c, iv).CryptBlocks(out, text)
	pad := int(out[len(out)-1])
	if pad == 0 || pad > aes.BlockSize || !bytes.Equal(out[len(out)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errJWE
	}
	return out[:len(out)-pad], nil
}

// contentKey finds the key of the content, of so many bytes.
func (k *jweKey) contentKey(h *jweHeader, wrapped []byte, size int) ([]byte, error) {
	wrap, known := jweWraps[h.Alg]
	switch {
	case k.rsa != nil:
		switch h.Alg {
		case "RSA-OAEP":
			return rsa.DecryptOAEP(sha1.New(), nil, k.rsa, wrapped, nil)
		case "RSA-OAEP-256":
			return rsa.DecryptOAEP(sha256.New(), nil, k.rsa, wrapped, nil)
		}
		return nil, errJWE // RSA1_5 is off, as RFC 8725 3.2 asks
	case k.ec != nil && h.Alg == "ECDH-ES":
		if len(wrapped) > 0 {
			return nil, errJWE
		}
		return k.agree(h, h.Enc, size)
	case k.ec != nil:
		if !known || len(h.Alg) < 8 || h.Alg[:8] != "ECDH-ES+" {
			return nil, errJWE
		}
		key, err := k.agree(h, h.Alg, wrap)
		if err != nil {
			return nil, err
		}
		return unwrapAES(key, wrapped)
	case h.Alg == "dir":
		if len(wrapped) > 0 {
			return nil, errJWE
		}
		return k.secret, nil
	case !known || len(h.Alg) > 9 || len(k.secret) != wrap:
		return nil, errJWE
	case len(h.Alg) == len("A128GCMKW"):
		iv, err := unBase64([]byte(h.IV))
		if err != nil {
			return nil, err
		}
		tag, err := unBase64([]byte(h.Tag))
		if err != nil {
			return nil, err
		}
		return openGCM(k.secret, iv, wrapped, tag, nil)
	}
	return unwrapAES(k.secret, wrapped)
}

// unwrapAES undoes AES key wrapping (RFC 3394 2.2.2).
func unwrapAES(key, b []byte) ([]byte, error) {
	c, err := aes.NewCipher(key)
	if err != nil || len(b) < 24 || len(b)%8 != 0 {
		return nil, errJWE
	}
	n := len(b)/8 - 1
	r := bytes.Clone(b[8:])
	var block [16]byte
	copy(block[:8], b[:8])
	for t := 6 * n; t > 0; t-- {
		i := (t - 1) % n
		binary.BigEndian.PutUint64(block[:8], binary.BigEndian.Uint64(block[:8])^uint64(t))
		copy(block[8:], r[8*i:8*i+8])
		c.Decrypt(block[:], block[:])
		copy(r[8*i:], block[8:])
	}
	if binary.BigEndian.Uint64(block[:8]) != 0xA6A6A6A6A6A6A6A6 {
		return nil, errJWE
	}
	return r, nil
}
