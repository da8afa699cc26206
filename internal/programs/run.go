package programs

import "runtime"

// call has f run by the goroutine of the set and returns when it has; false if
// there is none (there never was a program, or all has ended).
func (s *Set) call(f func()) bool {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if !running {
		return false
	}
	ran := make(chan struct{})
	select {
	case s.calls <- func() { defer close(ran); f() }:
		<-ran
		return true
	case <-s.done:
		return false
	}
}

// cast is call without the wait.
func (s *Set) cast(f func()) bool {
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if !running {
		return false
	}
	select {
	case s.calls <- f:
		return true
	case <-s.done:
		return false
	}
}

// begin starts the goroutine.
func (s *Set) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		s.running = true
		go s.run()
	}
}

// run holds its thread: programs are told by the kernel of the end of the thread
// that started them, which must be that of the process. (Where the main thread is
// served, sys.OnMain, it is that one.)
func (s *Set) run() {
	runtime.LockOSThread()
	for {
		select {
		case f := <-s.calls:
			f()
		case <-s.done:
			return
		}
	}
}
