using System.Text;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// HTML that may be sent as it is. It is made of interpolated strings, whose values are encoded unless they are HTML themselves, so text of users cannot become markup.
/// </summary>
/// <param name="value">The HTML.</param>
internal readonly struct HtmlText(string value)
{
    private readonly string? _value = value;

    /// <summary>Makes HTML of a template. Attribute values must be in quotes.</summary>
    public static HtmlText Of(HtmlInterpolation template) => new(template.ToString());

    /// <summary>Joins parts.</summary>
    public static HtmlText Join(IEnumerable<HtmlText> parts)
    {
        var joined = new StringBuilder();
        foreach (var part in parts)
        {
            joined.Append(part._value);
        }

        return new HtmlText(joined.ToString());
    }

    public override string ToString() => _value ?? string.Empty;
}
