using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(ExperimentFramework.DataPlane.Dashboard.Tests.BrowserFixture))]

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A browser that looks at dashboards.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private Chromium? _chromium;

    public async ValueTask InitializeAsync() => _chromium = await Chromium.LaunchAsync();

    internal Task<Tab> OpenAsync(Dashboard dashboard, string path, int width = 1_200) => Tab.OpenAsync(_chromium?.Browser, dashboard.Address, path, ColorScheme.Light, width);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }
    }
}
