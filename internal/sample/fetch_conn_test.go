package sample

import "testing"

func TestConnFetches(t *testing.T) {
	for _, x := range []struct {
		text               string
		none, fresh, again string // without a server connection, over a new one, over one used before
	}{
		{"bc_reused", "0", "0", "1"},
		{"bc_http_major", "-", "1", "1"},
		{"bc_nb_streams", "-", "1", "1"},
		{"bc_settings_streams_limit", "-", "1", "1"},
		{"fc_http_major", "1", "1", "1"},
		{"fc_nb_streams", "1", "1", "1"},
		{"fc_settings_streams_limit", "1", "1", "1"},
	} {
		e, _, err := ParseExpr(x.text, testScope)
		if err != nil {
			t.Fatal(err)
		}
		for _, y := range []struct {
			conn ServerConn
			want string
		}{{ServerConn{}, x.none}, {ServerConn{Open: true}, x.fresh}, {ServerConn{Open: true, Reused: true}, x.again}} {
			c := testCtx(t, plainRequest)
			c.ServerConn = y.conn
			var s Sample
			got := "-"
			if e.Eval(c, &s) {
				got = string('0' + byte(s.Int))
			}
			if got != y.want {
				t.Errorf("%s with %+v: %s, want %s", x.text, y.conn, got, y.want)
			}
		}
	}
}
