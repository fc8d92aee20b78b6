package redisl2

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// The first byte of a value says how to read the rest. Every other one stands
// for a schema that this process does not know.
const (
	plain      = 0x01
	compressed = 0x02
)

const (
	compressFrom = 1 << 10 // smaller values gain nothing
	maxSize      = 1 << 20 // of a value that is unpacked
)

var errUnreadable = errors.New("value cannot be read")

// envelope packs values for the way to Redis.
type envelope struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

func newEnvelope() (envelope, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return envelope{}, fmt.Errorf("prepare compression: %w", err)
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxSize), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return envelope{}, fmt.Errorf("prepare decompression: %w", err)
	}
	return envelope{encoder: encoder, decoder: decoder}, nil
}

func (v envelope) pack(body []byte) []byte {
	if len(body) >= compressFrom {
		if packed := v.encoder.EncodeAll(body, []byte{compressed}); len(packed) <= len(body) {
			return packed
		}
	}
	return append([]byte{plain}, body...)
}

func (v envelope) unpack(packed string) ([]byte, error) {
	if packed == "" {
		return nil, errUnreadable
	}
	switch packed[0] {
	case plain:
		return []byte(packed[1:]), nil
	case compressed:
		body, err := v.decoder.DecodeAll([]byte(packed[1:]), nil)
		if err != nil {
			return nil, errors.Join(errUnreadable, err)
		}
		return body, nil
	}
	return nil, errUnreadable
}
