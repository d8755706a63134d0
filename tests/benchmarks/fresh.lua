-- For wrk: every request is a new response with an id of its own, as the widget sends it.
local thread = 0
function setup(one)
  one:set("number", thread)
  thread = thread + 1
end

function init()
  math.randomseed(os.time() * 7 + number * 7919)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "text/plain"
  wrk.headers["User-Agent"] = "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 (KHTML, like Gecko) " ..
    "Chrome/126.0.0.0 Mobile Safari/537.36"
  wrk.headers["Origin"] = wrk.scheme .. "://" .. wrk.host .. ":" .. wrk.port
end

local function uuid7(seconds)
  local ms = seconds * 1000 + math.random(0, 999)
  local high = math.floor(ms / 65536)
  return string.format("%08x-%04x-7%03x-8%03x-%06x%06x", high, ms % 65536, math.random(0, 4095),
    math.random(0, 4095), math.random(0, 16777215), math.random(0, 16777215))
end

function request()
  local now = os.time()
  local body = string.format(
    '{"id":"%s","point":"point-%d","scale":"smiley5","score":%d,"rev":1,"key":"","place":"place-%d",' ..
    '"lang":"ru","channel":"web","segment":"host","page":"https://shop.example/checkout","at":%d000,"sent":%d000}',
    uuid7(now), math.random(0, 199), math.random(0, 4), math.random(0, 19), now, now)
  return wrk.format(nil, nil, nil, body)
end
