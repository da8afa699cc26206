package sample

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash"
	"testing"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// wrapAES is RFC 3394 2.2.1.
func wrapAES(key, cek []byte) []byte {
	c, _ := aes.NewCipher(key)
	n := len(cek) / 8
	out := append([]byte{0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6, 0xA6}, cek...)
	var block [16]byte
	copy(block[:8], out)
	for t := 1; t <= 6*n; t++ {
		i := (t-1)%n + 1
		copy(block[8:], out[8*i:8*i+8])
		c.Encrypt(block[:], block[:])
		binary.BigEndian.PutUint64(block[:8], binary.BigEndian.Uint64(block[:8])^uint64(t))
		copy(out[8*i:], block[8:])
	}
	copy(out, block[:8])
	return out
}

func sealGCM(key, iv, text, aad []byte) (sealed, tag []byte) {
	c, _ := aes.NewCipher(key)
	g, _ := cipher.NewGCM(c)
	b := g.Seal(nil, iv, text, aad)
	return b[:len(b)-16], b[len(b)-16:]
}

// sealJWE makes a token whose content is text.
func sealJWE(header map[string]any, wrapped, cek, text []byte) string {
	raw, _ := json.Marshal(header)
	first := b64(raw)
	enc := jweContent[header["enc"].(string)]
	iv := []byte("0123456789ab")
	var sealed, tag []byte
	if enc.mac == nil {
		sealed, tag = sealGCM(cek, iv, text, []byte(first))
	} else {
		iv = []byte("0123456789abcdef")
		half := len(cek) / 2
		pad := 16 - len(text)%16
		padded := append([]byte{}, text...)
		for range pad {
			padded = append(padded, byte(pad))
		}
		c, _ := aes.NewCipher(cek[half:])
		sealed = make([]byte, len(padded))
		cipher.NewCBCEncrypter(c, iv).CryptBlocks(sealed, padded)
		m := hmac.New(enc.mac, cek[:half])
		m.Write([]byte(first))
		m.Write(iv)
		m.Write(sealed)
		m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(first))*8))
		tag = m.Sum(nil)[:half]
	}
	return first + "." + b64(wrapped) + "." + b64(iv) + "." + b64(sealed) + "." + b64(tag)
}

// TestDecryptJWE opens tokens of every algorithm and content encryption; a token that
// is cut or changed anywhere, or of another key, is never opened.
func TestDecryptJWE(t *testing.T) {
	key := make([]byte, 64)
	for i := range key {
		key[i] = byte(i)
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := ecdh.P256().GenerateKey(rand.Reader)
	theirs, _ := ecdh.P256().GenerateKey(rand.Reader)
	point := theirs.PublicKey().Bytes()
	epk := map[string]any{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
	oaep := func(h hash.Hash, cek []byte) []byte {
		b, err := rsa.EncryptOAEP(h, rand.Reader, &private.PublicKey, cek, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for enc, content := range jweContent {
		cek := key[:content.key]
		for _, alg := range []string{"dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"} {
			header := map[string]any{"alg": alg, "enc": enc}
			k, wrapped, cek := &jweKey{}, []byte(nil), cek
			switch wrap := jweWraps[alg]; {
			case alg == "dir":
				k.secret = cek
			case alg == "RSA-OAEP":
				k.rsa, wrapped = private, oaep(sha1.New(), cek)
			case alg == "RSA-OAEP-256":
				k.rsa, wrapped = private, oaep(sha256.New(), cek)
			case len(alg) == 9:
				k.secret = key[:wrap]
				b, tag := sealGCM(k.secret, key[:12], cek, nil)
				wrapped, header["iv"], header["tag"] = b, b64(key[:12]), b64(tag)
			case alg[0] == 'A':
				k.secret, wrapped = key[:wrap], wrapAES(key[:wrap], cek)
			default:
				k.ec, header["epk"] = theirs, map[string]any{"kty": "EC", "crv": "P-256", "x": epk["x"], "y": epk["y"]}
				// both ends agree on the same: seal with theirs and the public half of mine
				point := mine.PublicKey().Bytes()
				sender := jwk{Kty: "EC", Crv: "P-256", X: b64(point[1:33]), Y: b64(point[33:])}
				header["epk"] = map[string]any{"kty": "EC", "crv": "P-256", "x": sender.X, "y": sender.Y}
				if wrap == 0 {
					cek, err = k.agree(&jweHeader{EPK: sender}, enc, content.key)
				} else {
					var kek []byte
					kek, err = k.agree(&jweHeader{EPK: sender}, alg, wrap)
					wrapped = wrapAES(kek, cek)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			token := []byte(sealJWE(header, wrapped, cek, []byte("the content")))
			if b, err := decryptJWE(token, k, nil); string(b) != "the content" {
				t.Errorf("%s %s: %q %v", alg, enc, b, err)
				continue
			}
			for _, allowed := range []func(a, e string) bool{
				func(a, _ string) bool { return a != alg }, func(_, e string) bool { return e != enc },
			} {
				if b, err := decryptJWE(token, k, allowed); err == nil {
					t.Errorf("%s %s: opened though it is not allowed: %q", alg, enc, b)
				}
			}
			step := 1
			if k.rsa != nil {
				step = 37
			}
			for i := 0; i < len(token); i += step {
				if b, err := decryptJWE(token[:i], k, nil); err == nil {
					t.Fatalf("%s %s: cut after %d bytes it is %q", alg, enc, i, b)
				}
			}
			other := &jweKey{secret: make([]byte, len(k.secret)), rsa: nil}
			if _, err := decryptJWE(token, other, nil); err == nil {
				t.Errorf("%s %s: opened by another key", alg, enc)
			}
		}
	}
}

// RFC 3394 4.1 and RFC 7518 appendix C.
func TestKeyVectors(t *testing.T) {
	kek := []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")
	wrapped := []byte("\x1f\xa6\x8b\x0a\x81\x12\xb4\x47\xae\xf3\x4b\xd8\xfb\x5a\x7b\x82\x9d\x3e\x86\x23\x71\xd2\xcf\xe5")
	want := "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
	if b, err := unwrapAES(kek, wrapped); string(b) != want {
		t.Errorf("%x %v", b, err)
	}
	bob, err := parseJWK([]byte(`{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"}`))
	if err != nil {
		t.Fatal(err)
	}
	alice := jwk{Kty: "EC", Crv: "P-256", X: "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", Y: "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}
	if b, err := bob.agree(&jweHeader{EPK: alice, APU: "QWxpY2U", APV: "Qm9i"}, "A128GCM", 16); b64(b) != "VqqN6vgjbSBcIijNcacQGg" {
		t.Errorf("%s %v", b64(b), err)
	}
}

func FuzzDecryptJWE(f *testing.F) {
	k := &jweKey{secret: make([]byte, 32)}
	f.Add([]byte(sealJWE(map[string]any{"alg": "dir", "enc": "A256GCM"}, nil, k.secret, []byte("x"))), []byte(`{"kty":"oct","k":"AAAA"}`))
	f.Add([]byte("eyJhbGciOiJBMjU2S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.AAAA.AAAA.AAAA.AAAA"), []byte(`{"kty":"EC","crv":"P-256","d":"AQ"}`))
	f.Fuzz(func(_ *testing.T, token, key []byte) {
		_, _ = decryptJWE(token, k, nil)
		if other, err := parseJWK(key); err == nil {
			_, _ = decryptJWE(token, other, nil)
		}
	})
}
