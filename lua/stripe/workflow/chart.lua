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

-- The names of the parts in the order in which they come, and the colour of each.
local function legend_of(bars)
  local names, colours = {}, {}
  for _, bar in ipairs(bars) do
    for _, part in ipairs(bar.parts) do
      if not colours[part.name] then
        names[#names + 1] = part.name
        colours[part.name] = COLOURS[(#names - 1) % #COLOURS + 1]
      end
    end
  end
  return names, colours
end

-- What the longest bar comes to.
local function longest_of(bars)
  local longest = 0
  for _, bar in ipairs(bars) do
    local sum = 0
    for _, part in ipairs(bar.parts) do sum = sum + part.value end
    longest = math.max(longest, sum)
  end
  return longest
end

local function add_bar(add, bar, y, scale, colours)
  local x, texts = LABEL, {}
  add('<text x="%d" y="%d" text-anchor="end">%s</text>', LABEL - 8, y + 16, escaped(bar.label))
  for _, part in ipairs(bar.parts) do
    local length = part.value * scale
    add('<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"><title>%s: %s</title></rect>',
      x, y, length, BAR, colours[part.name], escaped(part.name), escaped(part.text))
    x = x + length
    texts[#texts + 1] = part.text
  end
  add('<text x="%.1f" y="%d">%s</text>', x + 6, y + 16,
    escaped(bar.text or table.concat(texts, " + ")))
end

local function add_legend(add, names, top, colours)
  for i, name in ipairs(names) do
    local x, y = 10 + ((i - 1) % 2) * 350, top + math.floor((i - 1) / 2) * 20
    add('<rect x="%d" y="%d" width="12" height="12" fill="%s"/>', x, y, colours[name])
    add('<text x="%d" y="%d">%s</text>', x + 18, y + 11, escaped(name))
  end
end

--- Horizontal bars, each of stacked parts.
-- @tparam table chart `title`; `bars`: list of `{ label, parts = { { name, value, text }, ... },
--   text }`, values as numbers (for lengths only), texts as they are to be read; that of a bar is
--   by default those of its parts
-- @treturn string
function Chart.bars(chart)
  local names, colours = legend_of(chart.bars)
  local longest = longest_of(chart.bars)
  local scale = longest > 0 and (WIDTH - LABEL - 130) / longest or 0
  local below = TOP + #chart.bars * (BAR + GAP) + 10
  local height = below + math.ceil(#names / 2) * 20 + 10
  local out = {}
  local function add(...) out[#out + 1] = (...):format(select(2, ...)) end
  add('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" '
    .. 'role="img" font-family="sans-serif" font-size="13">', WIDTH, height, WIDTH, height)
  add("<title>%s</title>", escaped(chart.title))
  add('<rect width="%d" height="%d" fill="#ffffff"/>', WIDTH, height)
  add('<text x="10" y="26" font-size="17" font-weight="bold">%s</text>', escaped(chart.title))
  for i, bar in ipairs(chart.bars) do
    add_bar(add, bar, TOP + (i - 1) * (BAR + GAP), scale, colours)
  end
  add_legend(add, names, below, colours)
  out[#out + 1] = "</svg>\n"
  return table.concat(out, "\n")
end

return Chart
