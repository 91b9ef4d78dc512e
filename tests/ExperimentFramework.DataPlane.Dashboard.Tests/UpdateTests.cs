using System.Net;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>Open pages are updated once a second, and what all of them need is read once.</summary>
public sealed class UpdateTests
{
    [Fact]
    public async Task An_open_list_gets_all_parts_first_and_then_only_what_changed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(10);
        dashboard.Declare("search-ranking");
        using var page = await OpenAsync(dashboard, "/experiments/updates");
        var first = await page.NextAsync(dashboard.Time);

        dashboard.Expose("new", "b");
        var second = await page.NextAsync(dashboard.Time, static update => update.Parts.Count > 0);
        var third = await page.NextAsync(dashboard.Time);

        Assert.Equal(2 + (2 * 6), first.Parts.Count);
        Assert.Equal("11", Assert.Contains("cell-1-3", second.Parts));
        Assert.DoesNotContain("cell-0-3", second.Parts.Keys);
        Assert.Empty(third.Parts);
        Assert.Equal(first.Structure, second.Structure);
    }

    [Fact]
    public async Task The_structure_of_the_page_is_that_of_its_updates_until_there_is_another_experiment()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.ExposeMany(10);
        var html = await dashboard.GetAsync("/experiments");
        using var page = await OpenAsync(dashboard, "/experiments/updates");

        var before = await page.NextAsync(dashboard.Time);
        dashboard.Expose("u1", "control", "another");
        var after = await page.NextAsync(dashboard.Time, update => update.Structure != before.Structure);

        Assert.Contains($"data-structure=\"{before.Structure}\"", html, StringComparison.Ordinal);
        Assert.NotEqual(before.Structure, after.Structure);
    }

    [Fact]
    public async Task An_open_detail_sees_the_alarm_and_each_part_belongs_to_an_element_of_the_page()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(100);
        var html = await dashboard.GetAsync("/experiments/detail?name=checkout-pricing&range=minutes");
        using var page = await OpenAsync(dashboard, "/experiments/updates?name=checkout-pricing&range=minutes");
        var healthy = await page.NextAsync(dashboard.Time);

        dashboard.ExposeMany(6_000, loseEveryOfB: 3, prefix: "later");
        var broken = await page.NextAsync(dashboard.Time, static update => update.Parts.ContainsKey("announce"));

        Assert.Contains("Healthy", healthy.Parts["announce"], StringComparison.Ordinal);
        Assert.Contains("Sample ratio mismatch", broken.Parts["announce"], StringComparison.Ordinal);
        Assert.All(healthy.Parts.Keys, id => Assert.Contains($"id=\"{id}\"", html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_connects_again_gets_what_it_missed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.Declare();
        dashboard.ExposeMany(10);
        using var other = await OpenAsync(dashboard, "/experiments/updates");
        string seen;
        using (var page = await OpenAsync(dashboard, "/experiments/updates"))
        {
            seen = (await page.NextAsync(dashboard.Time)).Id;
        }

        await other.NextAsync(dashboard.Time);
        dashboard.Expose("missed", "b");
        await other.NextAsync(dashboard.Time, static update => update.Parts.ContainsKey("cell-0-3"));

        using var again = await OpenAsync(dashboard, "/experiments/updates", seen);
        var update = await again.NextAsync(dashboard.Time);

        Assert.Equal("11", Assert.Contains("cell-0-3", update.Parts));
        Assert.DoesNotContain("cell-0-2", update.Parts.Keys);
    }

    [Fact]
    public async Task However_many_pages_are_open_the_experiments_are_read_once_for_each_update()
    {
        CountingModel? counting = null;
        await using var dashboard = await Dashboard.StartAsync(model: model => counting = new CountingModel(model));
        dashboard.ExposeMany(10);
        List<OpenPage> pages = [];
        for (var page = 0; page < 30; page++)
        {
            pages.Add(await OpenAsync(dashboard, page % 2 == 0 ? "/experiments/updates" : "/experiments/updates?q=check"));
        }

        HashSet<string> ids = [];
        for (var round = 0; round < 3; round++)
        {
            foreach (var page in pages)
            {
                ids.Add((await page.NextAsync(dashboard.Time)).Id);
            }
        }

        // Pages that look at the same share the ids of updates; each update of both views is one reading.
        Assert.True(counting!.Overviews <= ids.Count, $"{counting.Overviews} readings for {ids.Count} updates");
        pages.ForEach(static page => page.Dispose());
    }

    [Fact]
    public async Task More_pages_than_allowed_are_turned_away_until_one_is_closed()
    {
        await using var dashboard = await Dashboard.StartAsync(options: static options => options.MaxClients = 1);
        var page = await OpenAsync(dashboard, "/experiments/updates");

        using var refused = await dashboard.Client.GetAsync("/experiments/updates", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        page.Dispose();
        var status = HttpStatusCode.ServiceUnavailable;
        await dashboard.Time.AdvanceUntil(
            () =>
            {
                using var response = dashboard.Client.GetAsync("/experiments/updates", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
                status = response.StatusCode;
                return status == HttpStatusCode.OK;
            },
            TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task The_stop_of_the_host_does_not_wait_for_open_pages()
    {
        await using var dashboard = await Dashboard.StartAsync();
        dashboard.ExposeMany(10);
        using var page = await OpenAsync(dashboard, "/experiments/updates");
        await page.NextAsync(dashboard.Time);

        await dashboard.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_experiment_that_is_gone_asks_for_the_page_to_be_loaded_again()
    {
        await using var dashboard = await Dashboard.StartAsync();
        using var page = await OpenAsync(dashboard, "/experiments/updates?name=unknown&range=hours");

        Assert.Empty((await page.NextAsync(dashboard.Time)).Parts);
    }

    private static async Task<OpenPage> OpenAsync(Dashboard dashboard, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await dashboard.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new OpenPage(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    private sealed class OpenPage(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public async Task<Update> NextAsync(FakeTimeProvider time)
        {
            var reading = ReadAsync();
            await time.AdvanceUntil(() => reading.IsCompleted, TimeSpan.FromSeconds(1));
            return await reading;
        }

        /// <summary>Reads on until an update is the one that is waited for: time may have passed before what it reports.</summary>
        public async Task<Update> NextAsync(FakeTimeProvider time, Func<Update, bool> until)
        {
            while (true)
            {
                if (await NextAsync(time) is var update && until(update))
                {
                    return update;
                }
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }

        private async Task<Update> ReadAsync()
        {
            var id = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            while (id is not null && !id.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            }

            var data = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Equal(string.Empty, await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            using var json = JsonDocument.Parse(data!["data: ".Length..]);
            return new Update(
                id!["id: ".Length..],
                json.RootElement.GetProperty("structure").GetString()!,
                json.RootElement.GetProperty("parts").EnumerateObject().ToDictionary(static part => part.Name, static part => part.Value.GetString()!));
        }
    }

    private sealed record Update(string Id, string Structure, IReadOnlyDictionary<string, string> Parts);

    private sealed class CountingModel(IExperimentReadModel inner) : IExperimentReadModel
    {
        private int _overviews;

        public int Overviews => _overviews;

        public ReadModelSource Source => inner.Source;

        public ValueTask<ExperimentOverview> GetExperimentsAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _overviews);
            return inner.GetExperimentsAsync(cancellationToken);
        }

        public ValueTask<ExperimentDetail?> GetExperimentAsync(string experimentName, CancellationToken cancellationToken = default) => inner.GetExperimentAsync(experimentName, cancellationToken);
    }
}
