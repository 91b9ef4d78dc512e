using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>While the queue is full, several different exposures of one subject may be claimed at once. Those that fail leave what was recorded before them.</summary>
public sealed class ReleasedClaimTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ExposureDeduplicator _memory;
    private readonly Subject _subject = new("s", null, null);

    public ReleasedClaimTests() => _memory = new ExposureDeduplicator(10, new WindowTimer(new CoarseClock(_time), TimeSpan.FromHours(1)));

    public static TheoryData<int, int, int> Orders => [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Claims_that_are_all_released_leave_nothing_recorded(int first, int second, int third)
    {
        DeduplicationClaim[] claims = [Claim(1, 1), Claim(1, 0), Claim(0, 0)];

        foreach (var released in new[] { first, second, third })
        {
            _memory.Release(claims[released]);
        }

        Assert.Equal(0, _memory.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Claims_that_are_released_after_one_that_was_recorded_leave_that_one(int first, int second)
    {
        Claim(1, 1);
        DeduplicationClaim[] later = [Claim(1, 0), Claim(0, 0)];

        _memory.Release(later[first]);
        _memory.Release(later[second]);

        Assert.True(_memory.IsRepeat(_subject, 1, 1));
        Assert.False(_memory.IsRepeat(_subject, 1, 0));
        Assert.False(_memory.IsRepeat(_subject, 0, 0));
    }

    private DeduplicationClaim Claim(int assigned, int served)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return _memory.Claim(_subject, assigned, served, _memory.Now, refreshOnRepeat: false);
    }
}
