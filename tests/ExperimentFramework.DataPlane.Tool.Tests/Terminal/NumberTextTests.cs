namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(1, "1")]
    [InlineData(0.21754, "0.2175")]
    [InlineData(0.00123, "0.0012")]
    [InlineData(0.00099, "9.9e-4")]
    [InlineData(0.000099, "9.9e-5")]
    [InlineData(0.0000999, "1e-4")]
    [InlineData(1.34e-11, "1.3e-11")]
    [InlineData(0, "0")]
    public void A_p_value_has_two_digits_that_count(double pValue, string text) => Assert.Equal(text, NumberText.PValue(Math.Log(pValue)));

    [Theory]
    [InlineData("7.00:00:00", "7 days")]
    [InlineData("1.01:01:01", "1 day 1 hour 1 minute 1 second")]
    [InlineData("1000.00:30:00", "1,000 days 30 minutes")]
    [InlineData("00:00:02.5", "2.5 seconds")]
    [InlineData("00:00:00", "0 seconds")]
    public void A_duration_is_in_words(string duration, string text) => Assert.Equal(text, NumberText.Duration(TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_p_value_may_be_smaller_than_any_number() => Assert.Equal("3.4e-435", NumberText.PValue(-1_000.4));
}
