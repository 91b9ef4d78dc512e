using System.Globalization;
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
        await using var tab = await fixture.OpenAsync("/");

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
        await using var tab = await fixture.OpenAsync(path, scheme, width);

        await tab.AssertSoundAsync();
        Assert.InRange(await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
    }

    [Fact]
    public async Task The_list_is_updated_while_it_is_open()
    {
        await CountedAsync();
        await using var tab = await fixture.OpenAsync("/experiments");
        var row = tab.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "checkout-flow" });
        var before = await row.InnerTextAsync();

        await Expect(row).Not.ToHaveTextAsync(before, new() { UseInnerText = true, Timeout = 60_000 });
        await tab.AssertSoundAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_leads_to_an_experiment()
    {
        await CountedAsync();
        await using var tab = await fixture.OpenAsync("/experiments");
        for (var press = 0; press < 40 && await tab.Page.EvaluateAsync<string>("document.activeElement.textContent") != "checkout-flow"; press++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
        }

        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "checkout-flow" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_destination_that_is_stopped_is_shown_with_what_it_loses_and_when_it_has_recovered()
    {
        await CountedAsync();
        await using var simulation = await fixture.OpenAsync("/simulation");
        await using var list = await fixture.OpenAsync("/experiments");
        await using var detail = await fixture.OpenAsync(Detail);
        await SwitchAsync(simulation, "Stop it", "Start it");
        try
        {
            // First its events wait, and once the outbox is full they are lost.
            await Expect(list.Page.Locator("#announce")).ToContainTextAsync("events wait in the outbox");
            await Expect(list.Page.Locator("#announce")).ToContainTextAsync("Destination SwitchableBackplane: losing events");
            await Expect(detail.Page.Locator("#t-drops")).ToContainTextAsync("SwitchableBackplane");
            await Expect(detail.Page.Locator("#announce")).ToContainTextAsync("Destination SwitchableBackplane: losing events");
            await detail.AssertSoundAsync();
            Assert.Equal(503, (await simulation.Page.APIRequest.GetAsync("/health")).Status);
        }
        finally
        {
            await SwitchAsync(simulation, "Start it", "Stop it");
        }

        var row = list.Page.Locator("#t-destinations").GetByRole(AriaRole.Row).Filter(new() { HasText = "SwitchableBackplane" });
        await Expect(row).ToContainTextAsync("delivering");
        await Expect(list.Page.Locator("#announce")).Not.ToContainTextAsync("Destination");
        await Expect(row.GetByRole(AriaRole.Cell).Nth(7)).ToContainTextAsync("UTC");
        await list.AssertSoundAsync();
        await Until(async () => (await simulation.Page.APIRequest.GetAsync("/health")).Status == 200);

        // It receives again: what had waited, and what is new.
        var received = await ReceivedAsync(simulation);
        await Until(async () => await ReceivedAsync(simulation) > received);
    }

    [Fact]
    public async Task A_checkout_that_loses_visitors_raises_the_alarm_on_the_page_until_the_experiment_is_reset()
    {
        await CountedAsync();
        await using var simulation = await fixture.OpenAsync("/simulation");
        await using var tab = await fixture.OpenAsync(Detail);
        await SwitchAsync(simulation, "Break it", "Fix it");
        try
        {
            await Expect(tab.Page.Locator("#announce")).ToContainTextAsync("The split differs from its plan, so results cannot be trusted.", new() { Timeout = 180_000 });
            await tab.AssertSoundAsync();
            await ScreenshotAsync(tab, "experiment.png", waitsForLines: true);
            await using var list = await fixture.OpenAsync("/experiments");
            await Expect(list.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "checkout-flow" })).ToContainTextAsync("Sample ratio mismatch");
            await ScreenshotAsync(list, "experiments.png");
        }
        finally
        {
            // Visitors of other tests are not to be lost.
            await SwitchAsync(simulation, "Fix it", "Break it");
        }

        await simulation.Page.GetByRole(AriaRole.Button, new() { Name = "Reset the experiment" }).ClickAsync();
        await Expect(tab.Page.Locator("#announce")).Not.ToContainTextAsync("Sample ratio mismatch");
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_break_the_shop()
    {
        await using var tab = await fixture.OpenAsync("/simulation");

        foreach (var action in new[] { "rate", "checkout", "reset", "destination" })
        {
            var answer = await tab.Page.APIRequest.PostAsync("/simulation/" + action, new() { Headers = [KeyValuePair.Create("Sec-Fetch-Site", "cross-site")] });
            Assert.Equal(403, answer.Status);
        }
    }

    [Fact]
    public async Task A_full_basket_says_so()
    {
        await using var tab = await fixture.OpenAsync("/");
        for (var product = 0; product < 20; product++)
        {
            Assert.DoesNotContain("The basket is full", await (await tab.Page.APIRequest.PostAsync("/basket/1")).TextAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("The basket is full: it holds 20 products.", await (await tab.Page.APIRequest.PostAsync("/basket/1")).TextAsync(), StringComparison.Ordinal);
    }

    private static async Task SwitchAsync(Tab simulation, string button, string afterwards)
    {
        await simulation.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await Expect(simulation.Page.GetByRole(AriaRole.Button, new() { Name = afterwards })).ToBeVisibleAsync();
    }

    private static async Task<int> ReceivedAsync(Tab simulation)
    {
        await simulation.Page.ReloadAsync();
        var text = await simulation.Page.GetByText("It has received").InnerTextAsync();
        return int.Parse(text.Replace("It has received ", "", StringComparison.Ordinal).Replace(" events.", "", StringComparison.Ordinal), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until visitors were counted.</summary>
    private async Task CountedAsync()
    {
        await using var tab = await fixture.OpenAsync("/experiments");
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
