package stream

import "slices"

// keepNameOut removes the field that tells the server its name ("http-send-name-
// header") from the request: each attempt writes its own.
func (st *stream) keepNameOut() {
	if name := st.be.NameHeader; name != "" {
		st.req.Del(name)
	}
}

// tellName writes into the head that is held for the server which one it is, in
// place of the line of an earlier attempt.
func (st *stream) tellName() {
	if st.be.NameHeader == "" {
		return
	}
	line := append(st.th.Out[:0], st.be.NameLine...)
	line = append(append(line, st.srv.Name...), '\r', '\n')
	if n := len(st.hold) - st.nameLen + len(line); n > cap(st.hold) {
		larger := append(st.th.Get(n), st.hold...)
		st.th.Put(st.hold)
		st.hold = larger
	}
	st.hold = slices.Replace(st.hold, st.nameAt, st.nameAt+st.nameLen, line...)
	st.nameLen = len(line)
}
