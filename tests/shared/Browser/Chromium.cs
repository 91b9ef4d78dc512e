using Microsoft.Playwright;

namespace ExperimentFramework.DataPlane;

/// <summary>Chromium of the operating system. Where there is none the tests are skipped, except in CI, where they have to run.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        Browser = browser;
    }

    public IBrowser Browser { get; }

    /// <returns>The browser; null if none is installed.</returns>
    public static async Task<Chromium?> LaunchAsync()
    {
        if (Paths.FirstOrDefault(File.Exists) is not { } path)
        {
            Assert.Null(Environment.GetEnvironmentVariable("CI"));
            return null;
        }

        Assertions.SetDefaultExpectTimeout(Tab.LimitMilliseconds);
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] }));
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
