package sys

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestKeepAlive(t *testing.T) {
	system := map[int]int{}
	for _, k := range []KeepAlive{{}, {Count: 3, Idle: 77, Interval: 5}, {Idle: 78}} {
		fd, errno := StreamSocket(syscall.AF_INET)
		if errno != 0 {
			t.Fatal(errno)
		}
		defer Close(fd)
		get := func(level, opt int) int {
			v, err := unix.GetsockoptInt(fd, level, opt)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if get(unix.SOL_SOCKET, unix.SO_KEEPALIVE) != 0 {
			t.Fatal("it is on already")
		}
		k.Apply(fd)
		if get(unix.SOL_SOCKET, unix.SO_KEEPALIVE) != 1 {
			t.Errorf("%+v: off", k)
		}
		for opt, want := range map[int]int{unix.TCP_KEEPCNT: k.Count, unix.TCP_KEEPIDLE: k.Idle, unix.TCP_KEEPINTVL: k.Interval} {
			got := get(unix.IPPROTO_TCP, opt)
			if k == (KeepAlive{}) {
				system[opt] = got
			}
			if want == 0 {
				want = system[opt]
			}
			if got != want {
				t.Errorf("%+v: option %d is %d, want %d", k, opt, got, want)
			}
		}
	}
}
