package sample

import "strconv"

// x509Errors are the names of OpenSSL's certificate verification errors by number,
// without what they all begin with; "" for numbers that mean none.
var x509Errors = [...]string{"OK", "ERR_UNSPECIFIED", "ERR_UNABLE_TO_GET_ISSUER_CERT", "ERR_UNABLE_TO_GET_CRL", "ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE",
	"ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE", "ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "ERR_CERT_SIGNATURE_FAILURE", "ERR_CRL_SIGNATURE_FAILURE",
	"ERR_CERT_NOT_YET_VALID", "ERR_CERT_HAS_EXPIRED", "ERR_CRL_NOT_YET_VALID", "ERR_CRL_HAS_EXPIRED", "ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD",
	"ERR_ERROR_IN_CERT_NOT_AFTER_FIELD", "ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD", "ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD", "ERR_OUT_OF_MEM",
	"ERR_DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_SELF_SIGNED_CERT_IN_CHAIN", "ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE",
	"ERR_CERT_CHAIN_TOO_LONG", "ERR_CERT_REVOKED", "ERR_INVALID_CA", "ERR_PATH_LENGTH_EXCEEDED", "ERR_INVALID_PURPOSE", "ERR_CERT_UNTRUSTED",
	"ERR_CERT_REJECTED"}

// convX509Error names an error; one without a name stays a number.
func convX509Error(c *Ctx, s *Sample) bool {
	if s.Int < 0 || s.Int >= int64(len(x509Errors)) {
		b := c.bytes(20)
		return b != nil && s.setStr(c.keep(b, len(strconv.AppendInt(b[:0], s.Int, 10))))
	}
	const prefix = "X509_V_"
	name := x509Errors[s.Int]
	b := c.bytes(len(prefix) + len(name))
	if b == nil {
		return false
	}
	copy(b[copy(b, prefix):], name)
	return s.setStr(b)
}
