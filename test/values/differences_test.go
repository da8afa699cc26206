package values

import "strings"

// A difference is an example that a HAProxy does not give, and why. An
// expression that ends with a star means all that begin so.
type difference struct{ scene, expr, why string }

func find(list []difference, scene, expr string) *difference {
	for i, d := range list {
		begin, any := strings.CutSuffix(d.expr, "*")
		if d.scene == scene && (d.expr == expr || any && strings.HasPrefix(expr, begin)) {
			return &list[i]
		}
	}
	return nil
}

// leftOut is about the development version that the values were compared with:
// its converters take an optional argument that is left out for one that is not 0.
const leftOut = "an argument that is left out is 0"

const ownForm = "the bytes on the wire; HAProxy counts those of its own form of a message"

const noConnection = "it forgets the connection that failed"

var (
	// Debian's haproxy.
	debianDiffers = []difference{
		{"converters", "var(txn.aead_tag)", "set by aes_gcm_enc, which came later"},
		{"converters", "\"str('{\\\"roles\\\"*", "arrays came later"},
		{"aliases", "%B", ownForm}, {"aliases", "%U", ownForm},
		{"refused", "bc_err", noConnection}, {"refused", "bc_err_str", noConnection},
	}
	// What REF_HAPROXY names.
	recentDiffers = []difference{
		{"converters", "str(hello),crc32", leftOut}, {"converters", "str(hello),crc32c", leftOut}, {"converters", "str(hello),djb2", leftOut},
		{"converters", "str(hello),sdbm", leftOut}, {"converters", "str(hello),wt6", leftOut}, {"converters", "str(hello),xxh32", leftOut},
		{"converters", "str(hello),xxh64", leftOut}, {"converters", "str(hello),xxh3", leftOut}, {"converters", "str(hello),sha2,hex", leftOut},
		{"converters", "int(784111777),http_date", leftOut}, {"converters", "bin(4510003c*", leftOut}, {"converters", "str(a%20b+c?d+e),url_dec", leftOut},
		{"aliases", "%B", ownForm}, {"aliases", "%U", ownForm}, {"states", "bytes_out", ownForm},
		{"states", "req.bytes_out", ownForm}, {"states", "res.bytes_in", ownForm},
		{"refused", "bc_err", "the number in the manual's table"},
		{"states", "bytes_in", "the head of the request has come"}, {"states", "req.bytes_in", "the head of the request has come"},
		{"states", "quic_enabled", "the manual says false"},
	}
)
