using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

public sealed class BelievedTimeTests
{
    private static readonly DateTimeOffset Begin = ToolFixture.Now.AddYears(-1);

    [Fact]
    public void What_is_later_than_now_is_never_believed()
    {
        var time = new BelievedTime(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(ToolFixture.Now));
        time.Follow(Begin);
        for (var index = 0; index < 100; index++)
        {
            Assert.Equal(Begin, time.Follow(ToolFixture.Now.AddHours(1)));
        }

        Assert.Equal((Begin, 100), (time.Latest, time.Disbelieved));
    }

    [Fact]
    public void A_single_leap_is_not_believed_and_many_in_a_row_are()
    {
        var time = new BelievedTime(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(ToolFixture.Now));
        time.Follow(Begin);
        Assert.Equal(Begin, time.Follow(Begin.AddDays(60)));
        time.Follow(Begin.AddDays(1));
        Assert.Equal((Begin.AddDays(1), 1), (time.Latest, time.Disbelieved));

        for (var index = 0; index < 16; index++)
        {
            time.Follow(Begin.AddDays(60));
        }

        Assert.Equal((Begin.AddDays(60), 1), (time.Latest, time.Disbelieved));
    }
}
