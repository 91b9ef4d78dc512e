using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>A size with a unit stops the start, and the message says how many bytes it is.</summary>
public sealed class ByteCountTests
{
    [Theory]
    [InlineData("1KiB", "1024.")]
    [InlineData("1 mib", "1048576.")]
    [InlineData("1GiB", "1073741824.")]
    [InlineData("1TiB", "1099511627776.")]
    [InlineData("1KB", "1000.")]
    [InlineData("1MB", "1000000.")]
    [InlineData("1GB", "1000000000.")]
    [InlineData("1TB", "1000000000000.")]
    [InlineData("1.5K", "1536.")]
    [InlineData("1M", "1048576.")]
    [InlineData("1G", "1073741824.")]
    [InlineData("1T", "1099511627776.")]
    [InlineData("5B", "5.")]
    [InlineData("9000000TB", "9000000000000000000.")]
    [InlineData("10000000TB", "67108864 for 64 MiB.")]
    [InlineData("MB", "67108864 for 64 MiB.")]
    [InlineData("much", "67108864 for 64 MiB.")]
    public void A_size_with_a_unit_is_refused_with_its_number_of_bytes(string value, string bytes)
    {
        var error = Assert.Throws<InvalidOperationException>(() => ByteCountValidator.Require(Section(value)));

        Assert.Equal($"Configuration value 'DataPlane:Files:RollBytes' is '{value}'; it must be a number of bytes without a unit: {bytes}", error.Message);
    }

    [Theory]
    [InlineData("1024")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData(null)]
    public void A_number_is_taken_and_its_range_is_checked_elsewhere(string? value) => ByteCountValidator.Require(Section(value));

    private static IConfigurationSection Section(string? value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:Files:RollBytes", value)]).Build().GetSection("DataPlane:Files:RollBytes");
}
