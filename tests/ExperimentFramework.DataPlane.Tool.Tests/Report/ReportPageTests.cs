using Deque.AxeCore.Playwright;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Playwright;

namespace ExperimentFramework.DataPlane.Tool.Tests.Report;

/// <summary>A report in a real browser. <c>DATAPLANE_REPORT_IMAGES=FOLDER</c> keeps pictures of it.</summary>
public sealed class ReportPageTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1_200)]
    [InlineData(ColorScheme.Dark, 1_200)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task It_asks_for_nothing_complains_of_nothing_and_is_readable(ColorScheme scheme, int width)
    {
        using var tool = await WithReportAsync("search");
        await using var context = await (await browser.StartAsync()).NewContextAsync(new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 844 } });
        var page = await context.NewPageAsync();
        List<string> faults = [];
        List<string> requests = [];
        page.Console += (_, message) => faults.Add(message.Text);
        page.PageError += (_, error) => faults.Add(error);
        page.Request += (_, request) => requests.Add(request.Url);
        var address = new Uri(tool.Path("report.html")).AbsoluteUri;

        await page.GotoAsync(address);

        Assert.Equal([address], requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)));
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        Assert.Equal(scheme == ColorScheme.Dark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));

        // Lines are within their charts, and have a colour.
        var lines = page.Locator("svg path.value");
        Assert.Equal(11, await lines.CountAsync());
        foreach (var line in await lines.AllAsync())
        {
            var box = await line.BoundingBoxAsync();
            Assert.True(box is { Width: > 20 }, await line.EvaluateAsync<string>("line => line.outerHTML"));
            Assert.NotEqual("none", await line.EvaluateAsync<string>("line => getComputedStyle(line).stroke"));
        }

        var result = await page.RunAxe();
        Assert.Empty(result.Violations.Where(static violation => violation.Impact is "serious" or "critical").Select(static violation => $"{violation.Id}: {violation.Help} {string.Join(' ', violation.Nodes.Select(static node => node.Html))}"));
        await KeepAsync(page, $"report-{scheme}-{width}.png");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Links_lead_to_experiments_and_their_sections()
    {
        using var tool = await WithReportAsync("search");
        await using var context = await (await browser.StartAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(tool.Path("report.html")).AbsoluteUri);

        await page.GetByRole(AriaRole.Link, new() { Name = "checkout", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "checkout", Exact = true })).ToBeInViewportAsync();
        await page.GetByRole(AriaRole.Article, new() { Name = "checkout" }).GetByRole(AriaRole.Link, new() { Name = "Quality of the data" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Article, new() { Name = "checkout" }).GetByRole(AriaRole.Heading, new() { Name = "Quality of the data" })).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Names_of_experiments_are_text()
    {
        const string Hostile = "<img src=x onerror=alert(1)></title><script>alert(2)</script>\"'&";
        using var tool = await WithReportAsync(Hostile);
        await using var context = await (await browser.StartAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        List<string> faults = [];
        page.Console += (_, message) => faults.Add(message.Text);
        page.Dialog += (_, dialog) => faults.Add(dialog.Message);

        await page.GotoAsync(new Uri(tool.Path("report.html")).AbsoluteUri);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = Hostile })).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator("img, script").CountAsync());
        Assert.Empty(faults);
    }

    /// <summary>A report of the sample stream, in which one experiment has another name.</summary>
    private static async Task<ToolFixture> WithReportAsync(string name)
    {
        var tool = new ToolFixture();
        var events = SampleStream.All.Concat(SampleStream.Purchases).OrderBy(envelope => envelope.Timestamp)
            .Select(envelope => envelope.Payload.ExperimentName == "search" ? envelope with { Payload = envelope.Payload with { ExperimentName = name } } : envelope);
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.15,"minimumEffect":0.25}""");
        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"), "--plan", tool.Path("plan.json"));
        Assert.Equal("", run.Error);
        return tool;
    }

    private static async Task KeepAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("DATAPLANE_REPORT_IMAGES") is { } folder)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name), FullPage = true });
        }
    }
}
