namespace ExperimentFramework.DataPlane.Redis.Tests.Assignment;

/// <summary>Two processes of eight threads each, whose selectors answer at random, want the same new subjects at once.</summary>
public sealed class RaceTests
{
    private const int Threads = 8;
    private const int Subjects = 10_000;

    [Fact]
    public async Task Every_subject_has_one_variant_everywhere()
    {
        await using var server = await RedisServer.StartAsync();
        using var one = await Host.StartAsync(server.Endpoint, 1, Threads, Subjects);
        using var two = await Host.StartAsync(server.Endpoint, 1_000_000, Threads, Subjects);

        one.GoOn();
        two.GoOn();
        var (first, second) = await FinishAsync(one, two);

        Assert.Equal((0, 0), (first.Exceptions, second.Exceptions));
        Assert.Equal(Subjects, first.Last.Count);
        Assert.Equal(first.Last, second.Last);
        Assert.All(first.Served.Values.Concat(second.Served.Values), served => Assert.Single(served));
        Assert.Empty(first.Changes);
        Assert.Empty(second.Changes);
        Assert.InRange(first.Last.Values.Count(variant => variant == "b"), Subjects / 3, Subjects * 2 / 3);
    }

    [Fact]
    public async Task A_server_killed_and_restarted_empty_reaches_no_caller_and_every_divergence_is_recorded()
    {
        await using var server = await RedisServer.StartAsync();
        using var one = await Host.StartAsync(server.Endpoint, 1, Threads, Subjects);
        using var two = await Host.StartAsync(server.Endpoint, 1_000_000, Threads, Subjects);

        one.GoOn();
        two.GoOn();

        // In the middle of the race: some subjects are written, the others are not.
        await server.WrittenAsync(Subjects / 4);
        await server.KillAsync();
        await server.RestartAsync();
        await server.WrittenAsync(Subjects);
        var (first, second) = await FinishAsync(one, two);

        Assert.Equal((0, 0), (first.Exceptions, second.Exceptions));
        Assert.Equal(first.Last, second.Last);
        Assert.Contains("store-unavailable", first.Reasons.Concat(second.Reasons));
        foreach (var report in new[] { first, second })
        {
            foreach (var (subject, last) in report.Last)
            {
                var changes = report.Changes[subject].ToList();
                Assert.True(
                    report.Served[subject].Length == 1 || changes.Count > 0,
                    $"Subject {subject} was served {string.Join(" and ", report.Served[subject])} without a word.");
                if (changes.Count == 0)
                {
                    continue;
                }

                Assert.Equal(last, changes[^1].To);
                Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
                Assert.All(changes, change => Assert.Contains(change.Reason, new[] { "policy", "store-lost" }));
            }
        }
    }

    private static async Task<(RaceReport First, RaceReport Second)> FinishAsync(Host one, Host two)
    {
        one.GoOn();
        two.GoOn();
        await one.ExpectAsync("ended");
        await two.ExpectAsync("ended");
        return (await one.FinishAsync(), await two.FinishAsync());
    }
}
