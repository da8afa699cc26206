//go:build !amd64 && !arm64

package sys

// nativeArch is unknown: there is no filter for this machine yet.
const nativeArch = 0

var forkCalls, groupCalls []uint32
