using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>A page that is open: the updates that the server sends to it.</summary>
internal sealed class OpenPage(HttpResponseMessage response, StreamReader reader) : IDisposable
{
    public static async Task<OpenPage> OpenAsync(Dashboard dashboard, string path, string? lastEventId = null)
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

    public async Task<Update> NextAsync(FakeTimeProvider time)
    {
        var reading = ReadAsync();
        await time.AdvanceUntil(() => reading.IsCompleted, TimeSpan.FromSeconds(1));
        return await reading ?? throw new InvalidOperationException("The connection has ended.");
    }

    /// <summary>Reads until the connection ends, and counts the updates.</summary>
    public async Task<int> EndAsync(FakeTimeProvider time, TimeSpan? step = null)
    {
        var reading = CountAsync();
        await time.AdvanceUntil(() => reading.IsCompleted, step ?? TimeSpan.FromSeconds(1));
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

    private async Task<int> CountAsync()
    {
        var updates = 0;
        while (await ReadAsync() is not null)
        {
            updates++;
        }

        return updates;
    }

    private async Task<Update?> ReadAsync()
    {
        var id = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        while (id is not null && !id.StartsWith("id: ", StringComparison.Ordinal))
        {
            id = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }

        if (id is null)
        {
            return null;
        }

        var data = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Equal(string.Empty, await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        using var json = JsonDocument.Parse(data!["data: ".Length..]);
        return new Update(
            id["id: ".Length..],
            json.RootElement.GetProperty("structure").GetString()!,
            json.RootElement.GetProperty("parts").EnumerateObject().ToDictionary(static part => part.Name, static part => part.Value.GetString()!))
        {
            Content = json.RootElement.TryGetProperty("content", out var content) ? content.GetString() : null,
            IsMissing = json.RootElement.TryGetProperty("missing", out _),
        };
    }
}

/// <summary>An update of an open page.</summary>
internal sealed record Update(string Id, string Structure, IReadOnlyDictionary<string, string> Parts)
{
    /// <summary>The content of the page, if its structure has changed.</summary>
    public string? Content { get; init; }

    /// <summary>Whether there is no such experiment.</summary>
    public bool IsMissing { get; init; }
}
