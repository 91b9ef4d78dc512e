using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ExperimentFramework.DataPlane.WebShopSample.Tests;

/// <summary>The shop and its experiments in a real browser.</summary>
public sealed class ShopTests(BrowserFixture fixture)
{
    private const string Detail = "/experiments/detail?name=checkout-flow";

    [Fact]
    public async Task A_visitor_buys_something()
    {
        await using var tab = await Tab.OpenAsync(fixture, "/");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Teapot" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Add to basket" }).ClickAsync();
        await tab.AssertSoundAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Go to checkout" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Order and pay" }).ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" })).ToBeVisibleAsync();
        await tab.AssertSoundAsync();
    }

    [Theory]
    [InlineData("/experiments", ColorScheme.Light, 1_200)]
    [InlineData("/experiments", ColorScheme.Dark, 375)]
    [InlineData(Detail, ColorScheme.Light, 375)]
    [InlineData(Detail, ColorScheme.Dark, 1_200)]
    public async Task Experiments_are_readable_in_light_and_dark_on_a_desk_and_on_a_phone(string path, ColorScheme scheme, int width)
    {
        await CountedAsync();
        await using var tab = await Tab.OpenAsync(fixture, path, scheme, width);

        await tab.AssertSoundAsync();
        Assert.InRange(await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
    }

    [Fact]
    public async Task The_list_is_updated_while_it_is_open()
    {
        await CountedAsync();
        await using var tab = await Tab.OpenAsync(fixture, "/experiments");
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "checkout-flow" });
        var before = await row.InnerTextAsync();

        await Expect(row).Not.ToHaveTextAsync(before, new() { UseInnerText = true, Timeout = 60_000 });
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_leads_to_an_experiment()
    {
        await CountedAsync();
        await using var tab = await Tab.OpenAsync(fixture, "/experiments");
        for (var press = 0; press < 40 && await tab.Page.EvaluateAsync<string>("document.activeElement.textContent") != "checkout-flow"; press++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
        }

        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "checkout-flow" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_destination_that_is_stopped_is_shown_and_recovers()
    {
        await using var tab = await Tab.OpenAsync(fixture, "/simulation");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Stop it" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start it" })).ToBeVisibleAsync();

        Assert.Equal(503, (await tab.Page.APIRequest.GetAsync("/health")).Status);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start it" }).ClickAsync();

        await Until(async () => (await tab.Page.APIRequest.GetAsync("/health")).Status == 200);
    }

    [Fact]
    public async Task A_checkout_that_loses_visitors_raises_the_alarm_on_the_page()
    {
        await CountedAsync();
        await using var simulation = await Tab.OpenAsync(fixture, "/simulation");
        await simulation.Page.GetByRole(AriaRole.Button, new() { Name = "Break it" }).ClickAsync();
        await using var tab = await Tab.OpenAsync(fixture, Detail);

        await Expect(tab.Page.Locator("body")).ToContainTextAsync("The split differs from its plan, so results cannot be trusted.", new() { Timeout = 180_000 });
        await tab.AssertSoundAsync();
        await ScreenshotAsync(tab, "experiment.png", waitsForLines: true);
        await using var list = await Tab.OpenAsync(fixture, "/experiments");
        await Expect(list.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "checkout-flow" })).ToContainTextAsync("Sample ratio mismatch");

        // Visitors of other tests are not to be lost.
        await simulation.Page.GetByRole(AriaRole.Button, new() { Name = "Mend it" }).ClickAsync();
        await Expect(simulation.Page.GetByRole(AriaRole.Button, new() { Name = "Break it" })).ToBeVisibleAsync();
        await ScreenshotAsync(list, "experiments.png");
    }

    /// <summary>Waits until visitors were counted.</summary>
    private async Task CountedAsync()
    {
        await using var tab = await Tab.OpenAsync(fixture, "/experiments");
        await Until(async () => (await (await tab.Page.APIRequest.GetAsync("/experiments")).TextAsync()).Contains("checkout-flow", StringComparison.Ordinal));
    }

    /// <summary>Writes a picture of the documentation, if DATAPLANE_WRITE_IMAGES is set; that takes some minutes.</summary>
    private static async Task ScreenshotAsync(Tab tab, string name, bool waitsForLines = false)
    {
        if (Environment.GetEnvironmentVariable("DATAPLANE_WRITE_IMAGES") is not null)
        {
            await tab.Page.WaitForTimeoutAsync(waitsForLines ? 180_000 : 0);
            await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(ShopProcess.Metadata("Images"), name) });
        }
    }

    private static async Task Until(Func<Task<bool>> isDone)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await isDone())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }
}
