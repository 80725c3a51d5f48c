package open

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/codec"
	"github.com/dewar-go/dewar/codec/msgpack"
	"github.com/dewar-go/dewar/codec/pickle"
	"github.com/dewar-go/dewar/codec/plainjson"
	"github.com/dewar-go/dewar/codec/sniff"
	"github.com/dewar-go/dewar/codec/taggedjson"
)

// takeSettings takes the settings that all schemes have in common out of a
// query.
func takeSettings(scheme string, query url.Values) (*Opened, error) {
	var o Opened
	layout, err := take(query, "layout", "native")
	if err != nil {
		return nil, err
	}
	format, prefix := "tagged", "dewar:"
	switch layout {
	case "native":
		o.Layout = dewar.NativeLayout
	case "flask":
		o.Layout = dewar.FlaskLayout
		format, prefix = "msgpack", "session:" // SESSION_SERIALIZATION_FORMAT, SESSION_KEY_PREFIX
		if scheme == "file" {
			format = "pickle"
		}
	default:
		return nil, errors.New("open: layout is neither native nor flask")
	}
	if o.Format, err = take(query, "format", format); err != nil {
		return nil, err
	}
	if scheme == "file" && layout == "flask" && o.Format != "pickle" {
		return nil, errors.New("open: Flask-Session's files hold pickles: format=pickle, or none")
	}
	if o.Codec, err = codecOf(o.Format, o.Layout); err != nil {
		return nil, err
	}
	if o.Prefix, err = take(query, "prefix", prefix); err != nil {
		return nil, err
	}
	return &o, nil
}

// take takes one setting out of a query; other stands for one that is absent.
func take(query url.Values, name, other string) (string, error) {
	values, ok := query[name]
	if !ok {
		return other, nil
	}
	if len(values) > 1 {
		return "", fmt.Errorf("open: the setting %q stands in the URL more than once", name)
	}
	delete(query, name)
	return values[0], nil
}

// codecOf returns the codec of a format. In Flask's layout it reads whatever
// Flask-Session may have left there.
func codecOf(format string, layout dewar.Layout) (codec.Codec, error) {
	var c codec.Codec
	switch format {
	case "tagged":
		if layout == dewar.FlaskLayout {
			return nil, errors.New("open: format=tagged is for layout=native alone; Flask-Session reads msgpack, json and pickle")
		}
		return taggedjson.Codec{}, nil
	case "msgpack":
		c = msgpack.Codec{}
	case "json":
		c = plainjson.Codec{}
	case "pickle":
		c = pickle.Codec{}
	case "cachelib":
		c = pickle.RedisCache{}
	default:
		return nil, errors.New("open: format is none of tagged, msgpack, json, pickle and cachelib")
	}
	if layout == dewar.FlaskLayout {
		return sniff.New(c), nil
	}
	return c, nil
}
