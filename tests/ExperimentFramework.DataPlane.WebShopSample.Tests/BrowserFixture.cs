using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.WebShopSample.Tests.BrowserFixture))]

namespace ExperimentFramework.DataPlane.WebShopSample.Tests;

/// <summary>The shop, and a browser to look at it.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private Chromium? _chromium;
    private ShopProcess? _shop;

    public async ValueTask InitializeAsync()
    {
        _chromium = await Chromium.LaunchAsync();
        if (_chromium is not null)
        {
            _shop = await ShopProcess.StartAsync();
        }
    }

    internal Task<Tab> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1_200) => Tab.OpenAsync(_chromium?.Browser, _shop?.Address ?? new Uri("http://localhost"), path, scheme, width);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }
    }
}
