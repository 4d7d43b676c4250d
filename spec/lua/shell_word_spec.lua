local shell_word = require "stripe.shell_word"

describe("a word of a shell", function()
  it("is the text again when a shell has read it", function()
    for _, text in ipairs {
      "plain", "two words", "it's", "'", "", "$HOME `id` \\ \"", "a\nb", "-n",
    } do
      local pipe = io.popen("printf %s. " .. shell_word(text))
      assert.equal(text .. ".", pipe:read "*a")
      pipe:close()
    end
  end)
end)
