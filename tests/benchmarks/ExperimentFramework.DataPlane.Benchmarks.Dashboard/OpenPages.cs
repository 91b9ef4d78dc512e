using System.Diagnostics;

namespace ExperimentFramework.DataPlane.Benchmarks.Dashboard;

/// <summary>Open pages, as far as the server sees them: streams of updates that are read to their end.</summary>
internal sealed class OpenPages : IAsyncDisposable
{
    /// <summary>The line that <see cref="RunAsync"/> prints once all pages are open.</summary>
    public const string Opened = "open";

    private readonly CancellationTokenSource _closed = new();
    private readonly HttpClient _client;
    private readonly Task[] _pages;
    private long _bytes;
    private long _updates;
    private int _connected;

    private OpenPages(Uri address, IReadOnlyList<string> paths)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _pages = [.. paths.Select(ReadAsync)];
    }

    /// <summary>The bytes of updates so far, without those of HTTP.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The updates so far.</summary>
    public long Updates => Interlocked.Read(ref _updates);

    /// <summary>Opens pages, and waits until each has got an update.</summary>
    public static async Task<OpenPages> OpenAsync(Uri address, IReadOnlyList<string> paths)
    {
        OpenPages pages = new(address, paths);
        var begun = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref pages._connected) < paths.Count)
        {
            if (Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"Of {paths.Count} pages, {pages._connected} have got an update.");
            }

            await Task.Delay(50);
        }

        return pages;
    }

    /// <summary>
    /// Opens pages of the shop until standard input ends. They are usually on other computers: on this one, what they read must not delay the shop or the client whose requests are measured.
    /// </summary>
    public static async Task<int> RunAsync(Uri shop, int count)
    {
        using (var process = Process.GetCurrentProcess())
        {
            process.PriorityClass = ProcessPriorityClass.Idle;
        }

        string[] paths = [.. Enumerable.Range(0, count).Select(static page => page % 2 == 0 ? "/experiments/updates" : "/experiments/updates?name=checkout-flow&range=minutes")];
        await using var pages = await OpenAsync(shop, paths);
        Console.WriteLine(Opened);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await Task.WhenAll(_pages);
        _client.Dispose();
        _closed.Dispose();
    }

    private async Task ReadAsync(string path)
    {
        var buffer = new byte[64 * 1024];
        var hasUpdate = false;
        try
        {
            while (true)
            {
                using var response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, _closed.Token);
                response.EnsureSuccessStatusCode();
                await using var stream = await response.Content.ReadAsStreamAsync(_closed.Token);
                while (await stream.ReadAsync(buffer, _closed.Token) is > 0 and var read)
                {
                    Interlocked.Add(ref _bytes, read);
                    if (buffer.AsSpan(0, read).IndexOf("id: "u8) >= 0)
                    {
                        Interlocked.Increment(ref _updates);
                        if (!hasUpdate)
                        {
                            hasUpdate = true;
                            Interlocked.Increment(ref _connected);
                        }
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            // The page is closed.
        }
    }
}
