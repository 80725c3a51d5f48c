package pickle

import "github.com/dewar-go/dewar/codec"

// A RedisCache is a Codec that writes what cachelib's RedisCache keeps for
// Flask-Session: a "!" and the pickle (cachelib.serializers.RedisSerializer). It
// reads nothing else. The zero value is ready.
type RedisCache struct{ Codec }

// Bang is the first byte of a pickle that cachelib's RedisCache keeps.
const Bang = '!'

// Split is Codec's of what follows the "!".
func (c RedisCache) Split(data []byte) ([]codec.Entry, error) {
	if len(data) == 0 || data[0] != Bang {
		return nil, malformed(0)
	}
	return c.Codec.Split(data[1:])
}

// Join is Codec's, after a "!".
func (c RedisCache) Join(dst []byte, entries []codec.Entry) ([]byte, error) {
	out, err := c.Codec.Join(append(dst, Bang), entries)
	if err != nil {
		return dst, err
	}
	return out, nil
}
