using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.WebShopSample.Tests.BrowserFixture))]

namespace ExperimentFramework.DataPlane.WebShopSample.Tests;

/// <summary>The shop, and Chromium of the operating system to look at it. Where there is none the tests are skipped, except in CI, where they have to run.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private ShopProcess? _shop;

    public IBrowser? Browser { get; private set; }

    public Uri Address => _shop!.Address;

    public async ValueTask InitializeAsync()
    {
        if (Paths.FirstOrDefault(File.Exists) is not { } path)
        {
            Assert.Null(Environment.GetEnvironmentVariable("CI"));
            return;
        }

        _shop = await ShopProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }
    }
}
