using System.Globalization;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="AccountingEvent"/>s: a row for each count, so that counts can be summed, and before them one for the account itself.</summary>
internal sealed class AccountTable() : EventTable("accounts")
{
    private readonly ValueColumn<long> _line = new("line", "The number of the row in its event, from 0.", ValueType.Integer);
    private readonly TextColumn _producerId = new("producer_id", "The producer: one pipeline of one process.");
    private readonly TextColumn _destination = new("destination", "The destination whose stream the account describes.");
    private readonly ValueColumn<long> _sequenceNumber = new("sequence_number", "The number of the account, from 1, by producer and destination.", ValueType.Integer);
    private readonly ValueColumn<long> _partNumber = new("part_number", "The number of this part of the account, from 1.", ValueType.Integer);
    private readonly ValueColumn<long> _partCount = new("part_count", "The number of parts that the account has.", ValueType.Integer);
    private readonly ValueColumn<long> _intervalStart = new("interval_start", "The start of what is counted.", ValueType.Time);
    private readonly ValueColumn<long> _intervalEnd = new("interval_end", "The end of what is counted.", ValueType.Time);
    private readonly ValueColumn<bool> _isLast = new("is_last", "Whether the counts are final.", ValueType.Boolean);
    private readonly AccountLineColumns _lines = new();

    /// <summary>The lines of one account name many experiments.</summary>
    public override bool IsByExperiment => false;

    protected override IReadOnlyList<Column> OwnColumns => [_line, _producerId, _destination, _sequenceNumber, _partNumber, _partCount, _intervalStart, _intervalEnd, _isLast, .. _lines.All];

    public override bool Holds(DataPlaneEvent payload) => payload is AccountingEvent;

    public override bool StartsEvent(int row) => _line[row] == 0;

    protected override void AddRows(DataPlaneEnvelope envelope)
    {
        var account = (AccountingEvent)envelope.Payload;
        var line = 0L;
        AddExactCommon(envelope);
        AddExact(nameof(AccountingEvent.IntervalStart), account.IntervalStart);
        AddExact(nameof(AccountingEvent.IntervalEnd), account.IntervalEnd);
        AddRow(envelope, account, AccountLine.OfAccount(account), line++);
        foreach (var row in account.Published)
        {
            AddRow(envelope, account, AccountLine.Of(row), line++);
        }

        foreach (var row in account.Drops)
        {
            AddRow(envelope, account, AccountLine.Of(row), line++);
        }

        foreach (var row in account.Calls)
        {
            AddRow(envelope, account, new AccountLine(row, AccountLine.ExposingCalls, row.ExposingCalls), line++);
            AddRow(envelope, account, new AccountLine(row, AccountLine.RepeatsNotRecorded, row.RepeatsNotRecorded), line++);
            AddRow(envelope, account, new AccountLine(row, AccountLine.SampledOut, row.SampledOut), line++);
            AddRow(envelope, account, new AccountLine(row, AccountLine.NoSubject, row.NoSubject), line++);
        }
    }

    public override DataPlaneEnvelope Read(ref int row)
    {
        var first = row++;
        var calls = new List<AccountedCalls>();
        var published = new List<AccountedEvents>();
        var drops = new List<AccountedDrops>();
        while (row < Rows && !StartsEvent(row))
        {
            var line = _lines.Read(row, Experiment[row]!);
            switch (line.Kind)
            {
                case AccountLine.Published:
                    published.Add(line.ToEvents());
                    row++;
                    break;
                case AccountLine.Dropped:
                    drops.Add(line.ToDrops());
                    row++;
                    break;
                default:
                    calls.Add(ReadCalls(ref row));
                    break;
            }
        }

        return Envelope(first, new AccountingEvent
        {
            SchemaVersion = SchemaVersion(first),
            ExperimentName = Experiment[first]!,
            Timestamp = Timestamp(first),
            ProducerId = _producerId[first]!,
            Destination = _destination[first]!,
            SequenceNumber = _sequenceNumber[first]!.Value,
            PartNumber = _partNumber[first]!.Value,
            PartCount = _partCount[first]!.Value,
            IntervalStart = Exact.Time(first, nameof(AccountingEvent.IntervalStart)) ?? Microseconds.ToTime(_intervalStart[first]!.Value, 0),
            IntervalEnd = Exact.Time(first, nameof(AccountingEvent.IntervalEnd)) ?? Microseconds.ToTime(_intervalEnd[first]!.Value, 0),
            IsLast = _isLast[first]!.Value,
            Calls = calls,
            Published = published,
            Drops = drops,
        });
    }

    private void AddExact(string field, DateTimeOffset time)
    {
        if (Microseconds.Of(time, out var fraction) is var _ && fraction != 0)
        {
            Exact.Add(field, time);
        }
    }

    private void AddRow(DataPlaneEnvelope envelope, AccountingEvent account, in AccountLine line, long number)
    {
        AddCommon(envelope, line.Experiment);
        _line.Add(number);
        _producerId.Add(account.ProducerId);
        _destination.Add(account.Destination);
        _sequenceNumber.Add(account.SequenceNumber);
        _partNumber.Add(account.PartNumber);
        _partCount.Add(account.PartCount);
        _intervalStart.Add(Microseconds.Of(account.IntervalStart, out _));
        _intervalEnd.Add(Microseconds.Of(account.IntervalEnd, out _));
        _isLast.Add(account.IsLast);
        _lines.Add(line);
        Exact.EndRow();
    }

    /// <summary>Reads the four lines of the calls of one experiment and variant.</summary>
    private AccountedCalls ReadCalls(ref int row)
    {
        var first = _lines.Read(row, Experiment[row]!);
        var counts = new long[4];
        foreach (var (place, kind) in AccountLine.CallKinds.Index())
        {
            if (row == Rows || _lines.Read(row, "").Kind is var found && found != kind)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"The account {EventId(row - 1)} lacks a line of the kind {kind}, which must follow. The file was changed after it was written: restore it."));
            }

            counts[place] = _lines.Read(row++, "").Count;
        }

        return new AccountedCalls
        {
            ExperimentName = first.Experiment,
            VariantKey = first.Arm ?? "",
            ExposingCalls = counts[0],
            RepeatsNotRecorded = counts[1],
            SampledOut = counts[2],
            NoSubject = counts[3],
        };
    }
}
