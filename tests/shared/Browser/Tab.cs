using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ExperimentFramework.DataPlane;

/// <summary>A page that is open in the browser, with what it complains of and asks other hosts for.</summary>
internal sealed class Tab : IAsyncDisposable
{
    /// <summary>How long anything is waited for: enough for a machine that is busy elsewhere.</summary>
    public const int LimitMilliseconds = 120_000;

    private readonly IBrowserContext _context;
    private readonly List<string> _faults = [];

    private Tab(IBrowserContext context, IPage page, Uri address)
    {
        _context = context;
        Page = page;
        page.SetDefaultTimeout(LimitMilliseconds);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _faults.Add("console: " + message.Text);
            }
        };
        page.PageError += (_, error) => _faults.Add("script: " + error);
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (uri.Scheme != "data" && uri.Authority != address.Authority)
            {
                _faults.Add("request: " + request.Url);
            }
        };
    }

    public IPage Page { get; }

    public static async Task<Tab> OpenAsync(IBrowser? browser, Uri address, string path, ColorScheme scheme = ColorScheme.Light, int width = 1_200)
    {
        Assert.SkipWhen(browser is null, "Chromium is not installed: apt-get install chromium.");
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        var tab = new Tab(context, await context.NewPageAsync(), address);
        await tab.Page.GotoAsync(path);
        return tab;
    }

    /// <summary>The page neither complains nor asks another host for anything, and has no serious barrier.</summary>
    public async Task AssertSoundAsync()
    {
        Assert.Empty(_faults);
        var result = await Page.RunAxe();
        Assert.Empty(result.Violations.Where(static violation => violation.Impact is "serious" or "critical").Select(static violation => $"{violation.Id}: {violation.Help} {string.Join(' ', violation.Nodes.Select(static node => node.Html))}"));
    }

    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
