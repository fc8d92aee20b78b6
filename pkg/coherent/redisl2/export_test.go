package redisl2

// Packing returns how values travel to Redis and back.
func Packing() (pack func([]byte) []byte, unpack func(string) ([]byte, error), err error) {
	v, err := newEnvelope()
	return v.pack, v.unpack, err
}

// MaxSize is what a value may have.
const MaxSize = maxSize
