package worker

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/sluice-proxy/sluice/internal/version"
)

// programID tells executables apart. It is looked at once, when the process
// starts: later the root directory may be another one.
var programID = sync.OnceValue(func() string {
	id := version.String
	if st, err := os.Stat("/proc/self/exe"); err == nil {
		if sys, ok := st.Sys().(*syscall.Stat_t); ok {
			id += fmt.Sprintf(" %d:%d %d %d", sys.Dev, sys.Ino, sys.Size, sys.Mtim.Nano())
		}
	}
	return id
})
