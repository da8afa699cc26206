package rule

// predefined lists the ACLs of manual 7.4.
var predefined = []struct {
	name  string
	words []string
}{
	{"FALSE", []string{"always_false"}},
	{"HTTP", []string{"req.proto_http"}},
	{"HTTP_1.0", []string{"req.ver", "1.0"}},
	{"HTTP_1.1", []string{"req.ver", "1.1"}},
	{"HTTP_2.0", []string{"req.ver", "2.0"}},
	{"HTTP_3.0", []string{"req.ver", "3.0"}},
	{"HTTP_CONTENT", []string{"req.hdr_val(content-length)", "gt", "0"}},
	{"HTTP_URL_ABS", []string{"url_reg", "^[^/:]*://"}},
	{"HTTP_URL_SLASH", []string{"url_beg", "/"}},
	{"HTTP_URL_STAR", []string{"url", "*"}},
	{"LOCALHOST", []string{"src", "127.0.0.1/8", "::1"}},
	{"METH_CONNECT", []string{"method", "CONNECT"}},
	{"METH_DELETE", []string{"method", "DELETE"}},
	{"METH_GET", []string{"method", "GET", "HEAD"}},
	{"METH_HEAD", []string{"method", "HEAD"}},
	{"METH_OPTIONS", []string{"method", "OPTIONS"}},
	{"METH_POST", []string{"method", "POST"}},
	{"METH_PUT", []string{"method", "PUT"}},
	{"METH_TRACE", []string{"method", "TRACE"}},
	{"RDP_COOKIE", []string{"req.rdp_cookie_cnt", "gt", "0"}},
	{"REQ_CONTENT", []string{"req.len", "gt", "0"}},
	{"TRUE", []string{"always_true"}},
	{"WAIT_END", []string{"wait_end"}},
}

// predefine compiles a pre-defined ACL when it is first named; nil when there
// is none of that name, or when its fetch is not built yet (see notBuilt).
func (k *Compiler) predefine(name string) *ACL {
	if a, ok := k.predefined[name]; ok {
		return a
	}
	for _, p := range predefined {
		if p.name != name {
			continue
		}
		a := &ACL{Name: name}
		if k.Test(a, p.words) != nil {
			a = nil
		}
		if k.predefined == nil {
			k.predefined = map[string]*ACL{}
		}
		k.predefined[name] = a
		return a
	}
	return nil
}

// notBuilt says whether name is a pre-defined ACL that cannot be compiled yet.
func notBuilt(name string) bool {
	for _, p := range predefined {
		if p.name == name {
			return true
		}
	}
	return false
}
