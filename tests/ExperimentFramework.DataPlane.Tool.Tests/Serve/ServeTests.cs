using System.Net;
using System.Net.Sockets;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Report;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Playwright;

namespace ExperimentFramework.DataPlane.Tool.Tests.Serve;

public sealed class ServeTests(BrowserFixture browser)
{
    private const string Journal = "20260301T120000.0000000Z-0a1b2c3d4e50a1b2c3d4e50a1b2c3d4e";

    [Fact]
    public async Task The_pages_show_what_files_hold_and_say_what_they_are_made_of()
    {
        using var tool = await WithEventsAsync(SampleStream.All);
        await using var served = await ServeProcess.StartAsync(tool.Path("events"));

        var list = await served.GetAsync("/");
        var detail = await served.GetAsync("/detail?name=search");

        Assert.Contains("1 of 3 experiments cannot be trusted because of a sample ratio mismatch: search.", list, StringComparison.Ordinal);
        Assert.Contains($"Events of {tool.Path("events")}, read at ", list, StringComparison.Ordinal);
        Assert.Contains("What was written after ", list, StringComparison.Ordinal);
        Assert.Contains("Share of control", detail, StringComparison.Ordinal);
        Assert.Contains(">***<", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("user-", detail, StringComparison.Ordinal);
        Assert.Contains("\"Files\"", await served.GetAsync("/api/experiments"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_and_files_that_are_written_appear_on_the_page_each_event_once()
    {
        using var tool = await WithEventsAsync(SampleStream.Few.Take(20), Journal + ".jsonl.open");
        await using var served = await ServeProcess.StartAsync(tool.Path("events"), "--watch");
        Assert.Contains("followed as they arrive", await served.GetAsync("/"), StringComparison.Ordinal);
        await ExpectAsync(20);

        // A line that is cut, and then its rest.
        var lines = SampleStream.Lines(SampleStream.Few.Skip(20).Take(10));
        await AppendAsync(lines[..^40]);
        await ExpectAsync(29);
        await AppendAsync(lines[^40..]);
        await ExpectAsync(30);

        // The journal is finished with more lines, and split before anybody looks.
        await AppendAsync(SampleStream.Lines(SampleStream.Few.Skip(30).Take(10)));
        Directory.CreateDirectory(tool.Path("events/date=2026-03-01"));
        var whole = await File.ReadAllBytesAsync(tool.Path($"events/{Journal}.jsonl.open"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(tool.Path($"events/date=2026-03-01/{Journal}.jsonl.gz"), SampleStream.Gzip(whole), TestContext.Current.CancellationToken);
        File.Delete(tool.Path($"events/{Journal}.jsonl.open"));
        await ExpectAsync(40);

        await File.WriteAllBytesAsync(tool.Path("events/other.jsonl"), SampleStream.Lines(SampleStream.Few.Skip(40).Take(20)), TestContext.Current.CancellationToken);
        await ExpectAsync(60);
        await ParquetEventFiles.WriteAsync(SampleStream.Few.Skip(50).ToAsyncEnumerable(), tool.Path("events/parquet"), cancellationToken: TestContext.Current.CancellationToken);
        await ExpectAsync(SampleStream.Few.Count);

        async Task AppendAsync(byte[] bytes)
        {
            await using var file = new FileStream(tool.Path($"events/{Journal}.jsonl.open"), FileMode.Append);
            await file.WriteAsync(bytes);
        }

        async Task ExpectAsync(int events)
        {
            var exposures = SampleStream.Few.Take(events).Count(envelope => envelope.Payload is ExposureEvent { ExperimentName: "checkout" });
            await Eventually.Holds(async () => (await served.GetAsync("/detail?name=checkout")).Contains($"<dt>Exposures</dt><dd>{exposures}</dd>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_line_that_is_written_appears_on_an_open_page()
    {
        using var tool = await WithEventsAsync(SampleStream.Few.Take(20));
        await using var served = await ServeProcess.StartAsync(tool.Path("events"), "--watch");
        await using var context = await (await browser.StartAsync()).NewContextAsync();
        var page = await context.NewPageAsync();
        List<string> faults = [];
        page.Console += (_, message) => faults.Add(message.Text);
        await page.GotoAsync(new Uri(served.Client.BaseAddress!, "/").AbsoluteUri);
        var subjects = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "checkout" }).GetByRole(AriaRole.Cell).Nth(2);
        Assert.NotEqual("40", await subjects.InnerTextAsync());

        await File.AppendAllTextAsync(tool.Path("events/events.jsonl"), System.Text.Encoding.UTF8.GetString(SampleStream.Lines(SampleStream.Few.Skip(20))), TestContext.Current.CancellationToken);

        await Assertions.Expect(subjects).ToHaveTextAsync("40", new() { Timeout = 120_000 });
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_although_pages_are_open()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var tool = await WithEventsAsync(SampleStream.Few);
        await using var served = await ServeProcess.StartAsync(tool.Path("events"), "--watch");
        using var updates = await served.Client.GetAsync("/updates", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await updates.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.True(await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);

        Assert.Equal(130, await served.InterruptAsync());
    }

    [Theory]
    [InlineData("localhost:5080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("attacker.example", HttpStatusCode.BadRequest)]
    public async Task A_page_of_another_site_cannot_read_it_through_a_name_of_its_own(string host, HttpStatusCode status)
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        await using var served = await ServeProcess.StartAsync(tool.Path("events"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = host;

        using var response = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://example.org:80")]
    [InlineData("http://127.0.0.1:0;http://192.0.2.1:80")]
    public async Task Addresses_that_others_reach_are_refused_unless_that_is_wanted(string url)
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        var run = await tool.RunAsync("serve", tool.Path("events"), "--urls", url);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("can be reached by others, and the page asks nobody who they are.", run.Error, StringComparison.Ordinal);
        Assert.Null(ListenAddresses.Of(url.Split(';'), allowsRemote: true).Hosts);
    }

    /// <summary>The server listens on all addresses for a host that it does not know.</summary>
    [Theory]
    [InlineData("http://[127.0.0.1]:8080")]
    [InlineData("http://[[::1]]:8080")]
    [InlineData("http://]127.0.0.1[:8080")]
    [InlineData("http://[localhost]:8080")]
    public void Brackets_do_not_make_an_address_one_of_this_machine(string url)
    {
        var refused = Assert.Throws<CommandException>(() => ListenAddresses.Of([url], allowsRemote: false));

        Assert.Contains("can be reached by others", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://localhost:8080")]
    public void Addresses_of_this_machine_are_taken(string url) => Assert.Equal([url], ListenAddresses.Of([url], allowsRemote: false).Urls);

    [Fact]
    public async Task Letting_others_in_without_an_address_for_them_is_an_error()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));

        var run = await tool.RunAsync(end.Token, "serve", tool.Path("events"), "--allow-remote");

        Assert.Equal(2, run.Code);
        Assert.Contains("--allow-remote is about the addresses of --urls", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "is no address to serve at")]
    [InlineData("http://127.0.0.1:0/path", "is no address to serve at")]
    [InlineData("127.0.0.1:5080", "is no address to serve at")]
    [InlineData("http://127.0.0.1:99999", "is no address to serve at")]
    [InlineData("http://127.0.0.1:-1", "is no address to serve at")]
    [InlineData("http://localhost:0", "cannot be served at")]
    public async Task An_address_that_cannot_be_used_is_an_error_with_a_remedy(string url, string message)
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        var run = await tool.RunAsync("serve", tool.Path("events"), "--urls", url);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("port 0 is any that is free", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_if_it_was_chosen()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var run = await tool.RunAsync("serve", tool.Path("events"), "--urls", $"http://{other.LocalEndpoint}");

        Assert.Equal(2, run.Code);
        Assert.Contains("address already in use", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_and_missing_sources_cannot_be_watched()
    {
        using var tool = new ToolFixture();

        var input = await tool.RunAsync("serve", "-", "--watch");
        var missing = await tool.RunAsync("serve", tool.Path("missing"));

        Assert.Equal((2, 2), (input.Code, missing.Code));
        Assert.Contains("Standard input is read to its end", input.Error, StringComparison.Ordinal);
        Assert.Contains("There is no file and no folder", missing.Error, StringComparison.Ordinal);
    }

    private static async Task<ToolFixture> WithEventsAsync(IEnumerable<DataPlaneEnvelope> events, string name = "events.jsonl")
    {
        var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllBytesAsync(tool.Path("events/" + name), SampleStream.Lines(events));
        return tool;
    }
}
