package mworker

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A frame is one packet of a channel:
//
//	offset  size
//	0       1     version, 1
//	1       1     type
//	2       2     number of descriptors that came with it, big endian
//	4       4     length of the payload, big endian
//	8       n     payload
//
// Types from 128 on may be ignored by a receiver that does not know them; any
// other unknown type breaks the protocol.
type frame struct {
	kind    frameKind
	fds     int
	payload []byte
}

type frameKind uint8

const (
	// startup channel, to the worker
	frameHello frameKind = 1 + iota
	frameGiven           // listeners: keys and descriptors
	frameGo              // nothing more comes
	// startup channel, from the worker
	framePhase
	frameLog // control channel as well
	frameDiscovered
	frameOffer
	frameReady
	// control channel, to the worker
	frameServe
	frameDrain
	framePause
	frameResume
	frameSession
	framePing
	// control channel, from the worker
	frameServing
	frameRefused
	frameRetired
	framePong
	// startup channel, from the worker
	frameDeadline
	frameRead // a file that the load has read: its name, whether it was there, and its bytes, sealed
	// startup channel, to the worker
	frameDeclined // the proposal came to nothing: go on
	frameFormer   // the archive of the generation that serves
	frameFormerHeld
	// startup channel, from the worker
	frameProposal // changes, sealed
	// control channel, to the worker
	frameApply // changes, sealed
	// control channel, from the worker
	frameApplied
	frameNotApplied
	// startup channel, to the worker
	frameHeld // files that an earlier load of the generation read: names and bytes, or names that were not there

	frameOptional frameKind = 128
	// control channel, to the worker
	frameReplaced = frameOptional     // the drain that follows is because another worker serves
	frameHurry    = frameOptional + 1 // idle connections are to be closed at once
)

const (
	frameVersion = 1
	frameHeader  = 8
	// maxPayload keeps a packet well below the default socket buffer.
	maxPayload = 64 << 10
	// maxControlPayload bounds what a worker may send in its later life, and
	// with it the master's memory per worker.
	maxControlPayload = 12 << 10
	maxKey            = 1 << 10
	maxListeners      = 16 << 10
)

var errFrame = errors.New("malformed frame")

// appendFrame adds a frame's header and payload.
func appendFrame(b []byte, kind frameKind, fds int, payload []byte) []byte {
	b = append(b, frameVersion, byte(kind))
	b = binary.BigEndian.AppendUint16(b, uint16(fds))
	b = binary.BigEndian.AppendUint32(b, uint32(len(payload)))
	return append(b, payload...)
}

// parseFrame reads a packet that came with fds descriptors. The payload aliases
// the packet.
func parseFrame(packet []byte, fds, limit int) (frame, error) {
	if len(packet) < frameHeader {
		return frame{}, fmt.Errorf("%w: %d bytes", errFrame, len(packet))
	}
	if packet[0] != frameVersion {
		return frame{}, fmt.Errorf("%w: version %d", errFrame, packet[0])
	}
	f := frame{kind: frameKind(packet[1]), fds: int(binary.BigEndian.Uint16(packet[2:])), payload: packet[frameHeader:]}
	if n := binary.BigEndian.Uint32(packet[4:]); int64(n) != int64(len(f.payload)) {
		return frame{}, fmt.Errorf("%w: %d bytes announced, %d came", errFrame, n, len(f.payload))
	}
	if len(f.payload) > limit {
		return frame{}, fmt.Errorf("%w: %d bytes are over the limit", errFrame, len(f.payload))
	}
	if f.fds != fds {
		return frame{}, fmt.Errorf("%w: %d descriptors announced, %d came", errFrame, f.fds, fds)
	}
	return f, nil
}
