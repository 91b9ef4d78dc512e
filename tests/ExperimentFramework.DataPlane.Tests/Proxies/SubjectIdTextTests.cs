using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>The text of ids that are not text.</summary>
public sealed class SubjectIdTextTests
{
    [Fact]
    public void Text_is_itself_and_numbers_and_uuids_have_their_invariant_text()
    {
        Assert.Equal("u1", SubjectIdText.Format("u1"));
        Assert.Equal("-1.5", SubjectIdText.Format(-1.5));
        Assert.Equal("0189ac3e-6f3a-7c11-9a0b-3f1e2d4c5b6a", SubjectIdText.Format(new Guid("0189AC3E-6F3A-7C11-9A0B-3F1E2D4C5B6A")));
    }

    [Fact]
    public void What_cannot_be_formatted_has_no_text()
    {
        Assert.Null(SubjectIdText.Format<string?>(null));
        Assert.Null(SubjectIdText.Format<int?>(null));
        Assert.Null(SubjectIdText.Format(new object()));
        Assert.Null(SubjectIdText.Format(new[] { 1 }));
        Assert.Null(SubjectIdText.Format(new Unformattable()));
    }

    private sealed class Unformattable : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new NotSupportedException();
    }
}
