return { webhook = function() end }
