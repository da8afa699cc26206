package rule

import (
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// The verdicts are those of the reference, version 3.5-dev5, over a hello of
// version 3.3.
func TestVersionsOfHellos(t *testing.T) {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0)
	hello := append([]byte{22, 3, 1, 0, byte(4 + len(body)), 1, 0, 0, byte(len(body))}, body...)
	for pattern, want := range map[string]bool{
		"req.ssl_ver 3.3": true, "req.ssl_ver 3.1": false, "req.ssl_ver 3.1-3.3": true, "req.ssl_ver 3.2:3.3": true, "req_ssl_ver 3.4:": false,
		"req.ssl_ver :3.3": true, "req.ssl_ver gt 3.0": true, "req.ssl_ver gt 3": true, "req.ssl_ver 3": false, "req.ssl_ver ge 3.3": true,
		"req.ssl_ver -m int 196611": true, "req.ssl_ver,add(0) 196611": true, "req.ssl_ver 2.0 3.0:": true,
	} {
		a := &ACL{}
		if err := testCompiler().Test(a, words(pattern)); err != nil {
			t.Errorf("%s: %v", pattern, err)
		} else if got := a.True(&sample.Ctx{Payload: hello}); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
	for pattern, want := range map[string]string{
		"req.ssl_ver 3.": "'3.' is not a dotted number", "req.ssl_ver .1": "'.1' is not a dotted number", "req.ssl_ver 3.1.2": "'3.1.2' is not a dotted number",
		"req.ssl_ver 3.:": "'3.:' is not a valid dotted number range", "req.ssl_ver x": "'x' is not a dotted number",
	} {
		if err := testCompiler().Test(&ACL{}, words(pattern)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}
