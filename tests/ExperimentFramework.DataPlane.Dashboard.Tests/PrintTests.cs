using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>The pages on paper.</summary>
public sealed class PrintTests(BrowserFixture fixture)
{
    /// <summary>The width of a page of A4 between margins of 1 cm, in CSS pixels.</summary>
    private const int Paper = 718;

    [Theory]
    [InlineData("/experiments")]
    [InlineData("/experiments/detail?name=checkout-pricing")]
    public async Task A_page_fits_on_paper_without_what_cannot_be_used_there(string path)
    {
        ProcessModel? process = null;
        await using var dashboard = await Dashboard.StartAsync(new Dashboard.Setup { IsServed = true, Model = model => process = new ProcessModel(model) });
        process!.Destinations = [ProcessModel.Destination("PostgreSqlDataBackplane", Science.DestinationState.LosingEvents)];
        dashboard.Declare();
        dashboard.ExposeMany(2_000);
        await using var tab = await fixture.OpenAsync(dashboard, path, Paper);

        await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        // Nothing is cut off at the edge, where paper has no scroll bar.
        Assert.Empty(await tab.Page.EvaluateAsync<string[]>($$"""
            [...document.querySelectorAll('body *')].filter(element => !element.closest('.spoken, .skip') && element.getClientRects().length && element.getBoundingClientRect().right > {{Paper}} + 1)
              .map(element => element.tagName + ' ' + element.className + ': ' + element.getBoundingClientRect().right)
            """));
        foreach (var unusable in new[] { ".exports", ".contents", ".filter", ".range", ".skip", "header nav", "#connection button" })
        {
            foreach (var element in await tab.Page.Locator(unusable).AllAsync())
            {
                await Expect(element).ToBeHiddenAsync();
            }
        }

        // What is printed is not live, and ages with the paper.
        var printed = await tab.Page.Locator("body").InnerTextAsync();
        Assert.Contains("As of 2026-03-01 12:00:00 UTC.", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Live", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Connecting", printed, StringComparison.Ordinal);
        Assert.DoesNotContain(" ago)", printed, StringComparison.Ordinal);
        await Expect(tab.Page.Locator("h1")).ToBeVisibleAsync();
        Assert.Equal("rgb(255, 255, 255)", await tab.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.NotEmpty(await tab.Page.PdfAsync(new PagePdfOptions { Format = "A4" }));
    }
}
