package loop

import "runtime"

func stopTheWorld() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m) // stops the world
	runtime.GC()
}
