using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>Logged instead of an exception whose message may contain ids: shows types, the stack trace, and only texts that cannot identify a person.</summary>
internal sealed class RedactedException : Exception
{
    /// <summary>Limits the output, because exceptions may be nested to any depth.</summary>
    private const int MaxDescribed = 8;

    private readonly string? _stackTrace;

    /// <param name="original">The exception.</param>
    /// <param name="reason">Why messages are not shown.</param>
    public RedactedException(Exception original, string reason)
        : base(Description(original, reason))
    {
        _stackTrace = StackTraceOf(original);
    }

    public override string? StackTrace => _stackTrace;

    private static string Description(Exception original, string reason)
    {
        var text = new StringBuilder();
        var isWithheld = false;
        var left = MaxDescribed;
        Describe(original, "", text, ref isWithheld, ref left);
        return isWithheld ? text.Append(" (").Append(reason).Append(')').ToString() : text.ToString();
    }

    private static void Describe(Exception exception, string separator, StringBuilder text, ref bool isWithheld, ref int left)
    {
        if (left-- <= 0)
        {
            return;
        }

        text.Append(separator).Append(exception.GetType().FullName);
        if (SafeText.Of(exception) is { } safe)
        {
            text.Append(": ").Append(safe);
        }
        else
        {
            isWithheld = true;
        }

        if (exception is AggregateException several)
        {
            foreach (var inner in several.InnerExceptions)
            {
                Describe(inner, " <- ", text, ref isWithheld, ref left);
            }
        }
        else if (exception.InnerException is { } inner)
        {
            Describe(inner, " <- ", text, ref isWithheld, ref left);
        }
    }

    private static string? StackTraceOf(Exception original)
    {
        try
        {
            return original.StackTrace;
        }
        catch (Exception)
        {
            return null;
        }
    }
}
