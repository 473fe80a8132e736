namespace Mesh.Spill;

/// <summary>What the own requests show of a group, whatever is reported: how its latency has grown and what it refuses, and whether what it says can be true beside that.</summary>
internal sealed class OwnEvidence
{
    /// <summary>Whoever says no more than this …</summary>
    private const double Unlikely = 0.7;

    /// <summary>… is not believed while its latency says this or more.</summary>
    private const double Strained = 1.5;

    /// <summary>Whoever says no more than this …</summary>
    private const double Roomy = 0.9;

    /// <summary>… is not believed where it refuses this part of the requests.</summary>
    private const double RefusedDespiteRoom = 0.1;

    /// <summary>Whoever says this or more is not believed where it refuses nothing and answers as one that has room …</summary>
    private const double Overfull = 1.2;

    /// <summary>… or, where its calm latency is not known, this many times in a row …</summary>
    private const int QuickAnswers = 20;

    /// <summary>… in less than this many times what the service's nearest endpoints take when they are calm.</summary>
    private const double Unhurried = 1.6;

    /// <summary>For how long it is not believed then, in seconds.</summary>
    private const double DoubtSeconds = 60;

    /// <summary>The estimate of one that has refused lately and refuses no more: it is nearly full, and may take a little.</summary>
    private const double NearlyFull = 0.9;

    private LatencyStretch _stretch = new();
    private Refusals _refusals = new();
    private double _doubt;

    // Answers in a row, and how long they took, while it says that it is overfull and refuses nothing.
    private int _inRow;
    private double _secondsInRow;
    private int _answeredNow;
    private int _refusedNow;
    private double _secondsNow;

    /// <summary>The part of the requests that was refused.</summary>
    public double Refused => double.IsNaN(_refusals.Part) ? 0 : _refusals.Part;

    /// <summary>Whether it refuses, or did lately, as one that is full does.</summary>
    public bool IsRefusing => _refusals.AreRecent;

    /// <summary>Whether it does so as one that is full, and not as one that is broken.</summary>
    public bool IsFull => _refusals.AreOfOneThatIsFull;

    /// <summary>The utilisation that it stands for; NaN where there is too little to go by.</summary>
    public double Utilization =>
        _refusals.AreMany ? _refusals.Utilization
        : _refusals.AreRecent ? Math.Clamp(double.IsNaN(_stretch.Utilization) ? NearlyFull : _stretch.Utilization, NearlyFull, 1)
        : _stretch.Utilization;

    /// <summary>Whether what the endpoints say of their utilisation is believed.</summary>
    public bool Believes(double said) => _doubt <= 0 && !(said <= Unlikely && _stretch.Utilization >= Strained);

    /// <summary>One that goes on from here by itself.</summary>
    public OwnEvidence Copy()
    {
        var copy = (OwnEvidence)MemberwiseClone();
        copy._stretch = _stretch.Copy();
        copy._refusals = _refusals.Copy();
        return copy;
    }

    /// <summary>Takes in what an endpoint of the group showed in this second.</summary>
    public void Add(EndpointAnswers answers)
    {
        _stretch.Add(answers.Count, answers.MeanSeconds, answers.CalmSeconds);
        _refusals.Add(answers.Count, answers.Refused);
        _answeredNow += answers.Count;
        _refusedNow += answers.Refused;
        _secondsNow += answers.Count > 0 ? answers.Count * answers.MeanSeconds : 0;
    }

    /// <summary>Ends a second.</summary>
    /// <param name="elapsed">How long it was.</param>
    /// <param name="said">What the endpoints say of their utilisation; NaN = nothing.</param>
    /// <param name="calm">How long the service's nearest endpoints take while they are calm, in seconds; NaN = not known.</param>
    public void Advance(double elapsed, double said, double calm)
    {
        _stretch.Advance(elapsed);
        _refusals.Advance(elapsed);
        var goesOn = said >= Overfull && _refusedNow == 0;
        _inRow = goesOn ? _inRow + _answeredNow : 0;
        _secondsInRow = goesOn ? _secondsInRow + _secondsNow : 0;
        (_answeredNow, _refusedNow, _secondsNow) = (0, 0, 0);
        _doubt = IsContradicted(said, calm) ? DoubtSeconds : _doubt - elapsed;
    }

    /// <summary>Forgets how it answered: it was no ordinary second.</summary>
    public void Clear()
    {
        _stretch.Clear();
        _refusals.Clear();
        (_inRow, _secondsInRow, _answeredNow, _refusedNow, _secondsNow) = (0, 0, 0, 0, 0);
    }

    // Who is farther away only takes longer: to answer nearly as quickly as the nearest do when they are calm is to have room.
    private bool IsContradicted(double said, double calm) =>
        (said <= Roomy && _refusals.AreMany && _refusals.Part >= RefusedDespiteRoom)
        || (said >= Overfull && ((_refusals.Part < 0.01 && _stretch.Utilization <= Roomy) || (_inRow >= QuickAnswers && _secondsInRow <= Unhurried * calm * _inRow)));
}
