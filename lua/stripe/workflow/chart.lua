--- Bar charts as SVG: one picture that needs no other file, no script and no font of its own.
-- @module stripe.workflow.chart

local Chart = {}

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escaped(text)
  return (tostring(text):gsub('[&<>"]', ESCAPES):gsub("%c", " "))
end

-- Told apart by people who see no red or no green, and in grey. [Okabe and Ito]
local COLOURS = { "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a8a8a" }

local WIDTH, LABEL, BAR, GAP, TOP = 720, 220, 22, 10, 56

--- Horizontal bars, each of stacked parts.
-- @tparam table chart `title`, `unit`; `bars`: list of `{ label, parts = { { name, value, text },
--   ... } }`, values as numbers (for lengths only), texts as they are to be read
-- @treturn string
function Chart.bars(chart)
  local longest, names, colour = 0, {}, {}
  for _, bar in ipairs(chart.bars) do
    local sum = 0
    for _, part in ipairs(bar.parts) do
      sum = sum + part.value
      if not colour[part.name] then
        names[#names + 1] = part.name
        colour[part.name] = COLOURS[(#names - 1) % #COLOURS + 1]
      end
    end
    longest = math.max(longest, sum)
  end
  local space = WIDTH - LABEL - 130
  local below = TOP + #chart.bars * (BAR + GAP) + 10
  local height = below + math.ceil(#names / 2) * 20 + 10
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
      .. 'role="img" font-family="sans-serif" font-size="13">')
      :format(WIDTH, height, WIDTH, height),
    ("<title>%s</title>"):format(escaped(chart.title)),
    ('<rect width="%d" height="%d" fill="#ffffff"/>'):format(WIDTH, height),
    ('<text x="10" y="26" font-size="17" font-weight="bold">%s</text>'):format(
      escaped(chart.title)),
  }
  local function add(...) out[#out + 1] = (...):format(select(2, ...)) end
  for i, bar in ipairs(chart.bars) do
    local y, x, texts = TOP + (i - 1) * (BAR + GAP), LABEL, {}
    add('<text x="%d" y="%d" text-anchor="end">%s</text>', LABEL - 8, y + 16, escaped(bar.label))
    for _, part in ipairs(bar.parts) do
      local length = longest > 0 and part.value / longest * space or 0
      add('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"><title>%s: %s</title></rect>',
        x, y, length, BAR, colour[part.name], escaped(part.name), escaped(part.text))
      x = x + length
      texts[#texts + 1] = part.text
    end
    add('<text x="%.1f" y="%d">%s</text>', x + 6, y + 16,
      escaped(bar.text or table.concat(texts, " + ")))
  end
  for i, name in ipairs(names) do
    local x, y = 10 + ((i - 1) % 2) * 350, below + math.floor((i - 1) / 2) * 20
    add('<rect x="%d" y="%d" width="12" height="12" fill="%s"/>', x, y, colour[name])
    add('<text x="%d" y="%d">%s</text>', x + 18, y + 11, escaped(name))
  end
  out[#out + 1] = "</svg>\n"
  return table.concat(out, "\n")
end

return Chart
