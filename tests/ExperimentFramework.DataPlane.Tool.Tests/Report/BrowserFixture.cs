using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.Tool.Tests.Report.BrowserFixture))]

namespace ExperimentFramework.DataPlane.Tool.Tests.Report;

/// <summary>Chromium of the operating system. Where there is none its tests are skipped, except in CI, where they have to run.</summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Starts the browser, if it does not run yet.</summary>
    public async Task<IBrowser> StartAsync()
    {
        var path = Paths.FirstOrDefault(File.Exists);
        Assert.True(path is not null || Environment.GetEnvironmentVariable("CI") is null, "CI has no browser.");
        Assert.SkipWhen(path is null, "Chromium is not installed: apt-get install chromium.");
        await _gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _gate.Dispose();
    }
}
