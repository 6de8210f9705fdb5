export namespace wire {
	
	export class Lack {
	    scope: string;
	    off: string;
	
	    static createFrom(source: any = {}) {
	        return new Lack(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.scope = source["scope"];
	        this.off = source["off"];
	    }
	}
	export class Account {
	    connected: boolean;
	    kind: string;
	    portalId: string;
	    portalName: string;
	    uiDomain: string;
	    currency: string;
	    timeZone: string;
	    userEmail: string;
	    ownerId: string;
	    ownerName: string;
	    needsOwner: boolean;
	    needsSignIn: boolean;
	    keptIn: string;
	    keepIn: string;
	    keepState: string;
	    keepProblem: string;
	    hasFile: boolean;
	    scopes: string[];
	    missing: Lack[];
	    hasApp: boolean;
	    clientId: string;
	    sample: boolean;
	    baseUrl: string;
	
	    static createFrom(source: any = {}) {
	        return new Account(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.connected = source["connected"];
	        this.kind = source["kind"];
	        this.portalId = source["portalId"];
	        this.portalName = source["portalName"];
	        this.uiDomain = source["uiDomain"];
	        this.currency = source["currency"];
	        this.timeZone = source["timeZone"];
	        this.userEmail = source["userEmail"];
	        this.ownerId = source["ownerId"];
	        this.ownerName = source["ownerName"];
	        this.needsOwner = source["needsOwner"];
	        this.needsSignIn = source["needsSignIn"];
	        this.keptIn = source["keptIn"];
	        this.keepIn = source["keepIn"];
	        this.keepState = source["keepState"];
	        this.keepProblem = source["keepProblem"];
	        this.hasFile = source["hasFile"];
	        this.scopes = source["scopes"];
	        this.missing = this.convertValues(source["missing"], Lack);
	        this.hasApp = source["hasApp"];
	        this.clientId = source["clientId"];
	        this.sample = source["sample"];
	        this.baseUrl = source["baseUrl"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Activity {
	    id: string;
	    remoteId: string;
	    type: string;
	    title: string;
	    text: string;
	    rich: boolean;
	    badge: string;
	    at: number;
	    values: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Activity(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.type = source["type"];
	        this.title = source["title"];
	        this.text = source["text"];
	        this.rich = source["rich"];
	        this.badge = source["badge"];
	        this.at = source["at"];
	        this.values = source["values"];
	    }
	}
	export class ActivityBody {
	    html: string;
	    pictures: number;
	    cut: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ActivityBody(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.html = source["html"];
	        this.pictures = source["pictures"];
	        this.cut = source["cut"];
	    }
	}
	export class Ref {
	    type: string;
	    id: string;
	    remoteId: string;
	    title: string;
	    note: string;
	    badge: string;
	
	    static createFrom(source: any = {}) {
	        return new Ref(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.title = source["title"];
	        this.note = source["note"];
	        this.badge = source["badge"];
	    }
	}
	export class ActivityRequest {
	    kind: string;
	    type: string;
	    id: string;
	    text: string;
	    values: Record<string, string>;
	    also: Ref[];
	
	    static createFrom(source: any = {}) {
	        return new ActivityRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.type = source["type"];
	        this.id = source["id"];
	        this.text = source["text"];
	        this.values = source["values"];
	        this.also = this.convertValues(source["also"], Ref);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Card {
	    id: string;
	    remoteId: string;
	    title: string;
	    badge: string;
	    amount: string;
	    currency: string;
	    closeDate: number;
	    late: boolean;
	    ownerId: string;
	    company: Ref;
	    nextStep: string;
	    stageDays: number;
	
	    static createFrom(source: any = {}) {
	        return new Card(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.title = source["title"];
	        this.badge = source["badge"];
	        this.amount = source["amount"];
	        this.currency = source["currency"];
	        this.closeDate = source["closeDate"];
	        this.late = source["late"];
	        this.ownerId = source["ownerId"];
	        this.company = this.convertValues(source["company"], Ref);
	        this.nextStep = source["nextStep"];
	        this.stageDays = source["stageDays"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Sum {
	    currency: string;
	    amount: number;
	    weighted: number;
	
	    static createFrom(source: any = {}) {
	        return new Sum(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.currency = source["currency"];
	        this.amount = source["amount"];
	        this.weighted = source["weighted"];
	    }
	}
	export class Stage {
	    id: string;
	    label: string;
	    probability: number;
	    closed: boolean;
	    won: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Stage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.label = source["label"];
	        this.probability = source["probability"];
	        this.closed = source["closed"];
	        this.won = source["won"];
	    }
	}
	export class Column {
	    stage: Stage;
	    count: number;
	    sums: Sum[];
	    cards: Card[];
	
	    static createFrom(source: any = {}) {
	        return new Column(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.stage = this.convertValues(source["stage"], Stage);
	        this.count = source["count"];
	        this.sums = this.convertValues(source["sums"], Sum);
	        this.cards = this.convertValues(source["cards"], Card);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Board {
	    token: number;
	    pipeline: string;
	    total: number;
	    columns: Column[];
	
	    static createFrom(source: any = {}) {
	        return new Board(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.pipeline = source["pipeline"];
	        this.total = source["total"];
	        this.columns = this.convertValues(source["columns"], Column);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BoardQuery {
	    token: number;
	    pipeline: string;
	    mine: boolean;
	    text: string;
	    cards: number;
	
	    static createFrom(source: any = {}) {
	        return new BoardQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.pipeline = source["pipeline"];
	        this.mine = source["mine"];
	        this.text = source["text"];
	        this.cards = source["cards"];
	    }
	}
	export class Reserve {
	    burst: number;
	    search: number;
	    daily: number;
	
	    static createFrom(source: any = {}) {
	        return new Reserve(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.burst = source["burst"];
	        this.search = source["search"];
	        this.daily = source["daily"];
	    }
	}
	export class BudgetDay {
	    limit: number;
	    left: number;
	    ours: number;
	    others: number;
	    reserve: number;
	    edits: number;
	    ends: number;
	    slow: boolean;
	    next: number;
	
	    static createFrom(source: any = {}) {
	        return new BudgetDay(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.limit = source["limit"];
	        this.left = source["left"];
	        this.ours = source["ours"];
	        this.others = source["others"];
	        this.reserve = source["reserve"];
	        this.edits = source["edits"];
	        this.ends = source["ends"];
	        this.slow = source["slow"];
	        this.next = source["next"];
	    }
	}
	export class BudgetLane {
	    name: string;
	    calls: number;
	    refused: number;
	    waiting: number;
	    lastMinute: number;
	
	    static createFrom(source: any = {}) {
	        return new BudgetLane(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.calls = source["calls"];
	        this.refused = source["refused"];
	        this.waiting = source["waiting"];
	        this.lastMinute = source["lastMinute"];
	    }
	}
	export class BudgetBucket {
	    name: string;
	    limit: number;
	    spanMs: number;
	    used: number;
	    others: number;
	    reserve: number;
	    calls: number;
	    refused: number;
	    waiting: number;
	    pausedUntil: number;
	    why: string;
	    lanes: BudgetLane[];
	
	    static createFrom(source: any = {}) {
	        return new BudgetBucket(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.limit = source["limit"];
	        this.spanMs = source["spanMs"];
	        this.used = source["used"];
	        this.others = source["others"];
	        this.reserve = source["reserve"];
	        this.calls = source["calls"];
	        this.refused = source["refused"];
	        this.waiting = source["waiting"];
	        this.pausedUntil = source["pausedUntil"];
	        this.why = source["why"];
	        this.lanes = this.convertValues(source["lanes"], BudgetLane);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Budget {
	    known: boolean;
	    at: number;
	    buckets: BudgetBucket[];
	    day: BudgetDay;
	    reserve: Reserve;
	    fixed: string[];
	
	    static createFrom(source: any = {}) {
	        return new Budget(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.known = source["known"];
	        this.at = source["at"];
	        this.buckets = this.convertValues(source["buckets"], BudgetBucket);
	        this.day = this.convertValues(source["day"], BudgetDay);
	        this.reserve = this.convertValues(source["reserve"], Reserve);
	        this.fixed = source["fixed"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	export class BundlePart {
	    name: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new BundlePart(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.text = source["text"];
	    }
	}
	export class Bundle {
	    id: string;
	    parts: BundlePart[];
	
	    static createFrom(source: any = {}) {
	        return new Bundle(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.parts = this.convertValues(source["parts"], BundlePart);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class CardPage {
	    token: number;
	    stage: string;
	    offset: number;
	    cards: Card[];
	
	    static createFrom(source: any = {}) {
	        return new CardPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.stage = source["stage"];
	        this.offset = source["offset"];
	        this.cards = this.convertValues(source["cards"], Card);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CardQuery {
	    token: number;
	    pipeline: string;
	    stage: string;
	    mine: boolean;
	    text: string;
	    offset: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new CardQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.pipeline = source["pipeline"];
	        this.stage = source["stage"];
	        this.mine = source["mine"];
	        this.text = source["text"];
	        this.offset = source["offset"];
	        this.limit = source["limit"];
	    }
	}
	export class CheckRequest {
	    type: string;
	    id: string;
	    values: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new CheckRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	        this.values = source["values"];
	    }
	}
	export class Checked {
	    wrong: Record<string, string>;
	    warn: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Checked(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.wrong = source["wrong"];
	        this.warn = source["warn"];
	    }
	}
	
	export class ConnectFlow {
	    id: string;
	    url: string;
	    phase: string;
	    outcome: string;
	    message: string;
	    scopes: string[];
	    mustPaste: boolean;
	    admin: string;
	    expiresAt: number;
	
	    static createFrom(source: any = {}) {
	        return new ConnectFlow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.url = source["url"];
	        this.phase = source["phase"];
	        this.outcome = source["outcome"];
	        this.message = source["message"];
	        this.scopes = source["scopes"];
	        this.mustPaste = source["mustPaste"];
	        this.admin = source["admin"];
	        this.expiresAt = source["expiresAt"];
	    }
	}
	export class ConnectRequest {
	    clientId: string;
	    clientSecret: string;
	
	    static createFrom(source: any = {}) {
	        return new ConnectRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.clientId = source["clientId"];
	        this.clientSecret = source["clientSecret"];
	    }
	}
	export class Counts {
	    types: Record<string, number>;
	    outbox: number;
	
	    static createFrom(source: any = {}) {
	        return new Counts(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.types = source["types"];
	        this.outbox = source["outbox"];
	    }
	}
	export class CreateRequest {
	    type: string;
	    values: Record<string, string>;
	    links: Ref[];
	
	    static createFrom(source: any = {}) {
	        return new CreateRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.values = source["values"];
	        this.links = this.convertValues(source["links"], Ref);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class DisconnectRequest {
	    discardEdits: boolean;
	
	    static createFrom(source: any = {}) {
	        return new DisconnectRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.discardEdits = source["discardEdits"];
	    }
	}
	export class Dispute {
	    name: string;
	    label: string;
	    base: string;
	    mine: string;
	    theirs: string;
	    who: string;
	    when: number;
	    source: string;
	
	    static createFrom(source: any = {}) {
	        return new Dispute(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.label = source["label"];
	        this.base = source["base"];
	        this.mine = source["mine"];
	        this.theirs = source["theirs"];
	        this.who = source["who"];
	        this.when = source["when"];
	        this.source = source["source"];
	    }
	}
	export class EditRequest {
	    type: string;
	    id: string;
	    values: Record<string, string>;
	    seen: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new EditRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	        this.values = source["values"];
	        this.seen = source["seen"];
	    }
	}
	export class EditResult {
	    id: string;
	    remoteId: string;
	    state: string;
	    undo: string;
	    undoUntil: number;
	
	    static createFrom(source: any = {}) {
	        return new EditResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.state = source["state"];
	        this.undo = source["undo"];
	        this.undoUntil = source["undoUntil"];
	    }
	}
	export class FieldChange {
	    name: string;
	    label: string;
	    from: string;
	    to: string;
	
	    static createFrom(source: any = {}) {
	        return new FieldChange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.label = source["label"];
	        this.from = source["from"];
	        this.to = source["to"];
	    }
	}
	export class Filter {
	    prop: string;
	    op: string;
	    value: string;
	
	    static createFrom(source: any = {}) {
	        return new Filter(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.prop = source["prop"];
	        this.op = source["op"];
	        this.value = source["value"];
	    }
	}
	export class FlushResult {
	    acked: number;
	    conflicts: number;
	    parked: number;
	    left: number;
	
	    static createFrom(source: any = {}) {
	        return new FlushResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.acked = source["acked"];
	        this.conflicts = source["conflicts"];
	        this.parked = source["parked"];
	        this.left = source["left"];
	    }
	}
	export class ForgetRequest {
	    type: string;
	    id: string;
	
	    static createFrom(source: any = {}) {
	        return new ForgetRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	    }
	}
	export class FoundActivity {
	    id: string;
	    remoteId: string;
	    type: string;
	    title: string;
	    text: string;
	    badge: string;
	    at: number;
	    on: Ref;
	
	    static createFrom(source: any = {}) {
	        return new FoundActivity(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.type = source["type"];
	        this.title = source["title"];
	        this.text = source["text"];
	        this.badge = source["badge"];
	        this.at = source["at"];
	        this.on = this.convertValues(source["on"], Ref);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class FoundActivities {
	    token: number;
	    hits: FoundActivity[];
	
	    static createFrom(source: any = {}) {
	        return new FoundActivities(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.hits = this.convertValues(source["hits"], FoundActivity);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Info {
	    version: string;
	    dataDir: string;
	    logFile: string;
	    platform: string;
	    window: boolean;
	    disk: string;
	
	    static createFrom(source: any = {}) {
	        return new Info(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.dataDir = source["dataDir"];
	        this.logFile = source["logFile"];
	        this.platform = source["platform"];
	        this.window = source["window"];
	        this.disk = source["disk"];
	    }
	}
	export class KeepRequest {
	    place: string;
	    passphrase: string;
	    anew: boolean;
	
	    static createFrom(source: any = {}) {
	        return new KeepRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.place = source["place"];
	        this.passphrase = source["passphrase"];
	        this.anew = source["anew"];
	    }
	}
	
	export class Line {
	    id: string;
	    title: string;
	    badge: string;
	    quantity: string;
	    price: string;
	    amount: string;
	    currency: string;
	
	    static createFrom(source: any = {}) {
	        return new Line(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.title = source["title"];
	        this.badge = source["badge"];
	        this.quantity = source["quantity"];
	        this.price = source["price"];
	        this.amount = source["amount"];
	        this.currency = source["currency"];
	    }
	}
	export class Link {
	    kind: string;
	    type: string;
	    id: string;
	    url: string;
	
	    static createFrom(source: any = {}) {
	        return new Link(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.type = source["type"];
	        this.id = source["id"];
	        this.url = source["url"];
	    }
	}
	export class LinkRequest {
	    type: string;
	    id: string;
	    toType: string;
	    toId: string;
	
	    static createFrom(source: any = {}) {
	        return new LinkRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	        this.toType = source["toType"];
	        this.toId = source["toId"];
	    }
	}
	export class Row {
	    id: string;
	    remoteId: string;
	    type: string;
	    title: string;
	    badge: string;
	    values: Record<string, string>;
	    company: Ref;
	    modified: number;
	
	    static createFrom(source: any = {}) {
	        return new Row(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.type = source["type"];
	        this.title = source["title"];
	        this.badge = source["badge"];
	        this.values = source["values"];
	        this.company = this.convertValues(source["company"], Ref);
	        this.modified = source["modified"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ListPage {
	    token: number;
	    total: number;
	    capped: boolean;
	    offset: number;
	    rows: Row[];
	
	    static createFrom(source: any = {}) {
	        return new ListPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.total = source["total"];
	        this.capped = source["capped"];
	        this.offset = source["offset"];
	        this.rows = this.convertValues(source["rows"], Row);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Sort {
	    prop: string;
	    desc: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Sort(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.prop = source["prop"];
	        this.desc = source["desc"];
	    }
	}
	export class ListQuery {
	    token: number;
	    type: string;
	    text: string;
	    filters: Filter[];
	    sort: Sort;
	    columns: string[];
	    mine: boolean;
	    offset: number;
	    limit: number;
	    look: string;
	
	    static createFrom(source: any = {}) {
	        return new ListQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.type = source["type"];
	        this.text = source["text"];
	        this.filters = this.convertValues(source["filters"], Filter);
	        this.sort = this.convertValues(source["sort"], Sort);
	        this.columns = source["columns"];
	        this.mine = source["mine"];
	        this.offset = source["offset"];
	        this.limit = source["limit"];
	        this.look = source["look"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class LookProgress {
	    done: number;
	    of: number;
	
	    static createFrom(source: any = {}) {
	        return new LookProgress(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.done = source["done"];
	        this.of = source["of"];
	    }
	}
	export class NewsLine {
	    id: number;
	    kind: string;
	    name: string;
	    label: string;
	    from: string;
	    to: string;
	    was: string;
	    is: string;
	    cut: boolean;
	    about: Ref;
	    who: string;
	    source: string;
	    at: number;
	
	    static createFrom(source: any = {}) {
	        return new NewsLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.name = source["name"];
	        this.label = source["label"];
	        this.from = source["from"];
	        this.to = source["to"];
	        this.was = source["was"];
	        this.is = source["is"];
	        this.cut = source["cut"];
	        this.about = this.convertValues(source["about"], Ref);
	        this.who = source["who"];
	        this.source = source["source"];
	        this.at = source["at"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class NewsGroup {
	    type: string;
	    id: string;
	    remoteId: string;
	    title: string;
	    badge: string;
	    archived: boolean;
	    currency: string;
	    lines: NewsLine[];
	
	    static createFrom(source: any = {}) {
	        return new NewsGroup(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.title = source["title"];
	        this.badge = source["badge"];
	        this.archived = source["archived"];
	        this.currency = source["currency"];
	        this.lines = this.convertValues(source["lines"], NewsLine);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class News {
	    total: number;
	    records: number;
	    mark: number;
	    since: number;
	    away: number;
	    back: number;
	    groups: NewsGroup[];
	
	    static createFrom(source: any = {}) {
	        return new News(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.total = source["total"];
	        this.records = source["records"];
	        this.mark = source["mark"];
	        this.since = source["since"];
	        this.away = source["away"];
	        this.back = source["back"];
	        this.groups = this.convertValues(source["groups"], NewsGroup);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class Notice {
	    id: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new Notice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.text = source["text"];
	    }
	}
	export class Op {
	    id: string;
	    kind: string;
	    state: string;
	    badge: string;
	    type: string;
	    recordId: string;
	    remoteId: string;
	    title: string;
	    fields: FieldChange[];
	    to: Ref;
	    made: number;
	    nextAt: number;
	    finished: number;
	    attempts: number;
	    reason: string;
	    existing: string;
	    undo: string;
	    canRetry: boolean;
	    canDiscard: boolean;
	    disputes: Dispute[];
	
	    static createFrom(source: any = {}) {
	        return new Op(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.state = source["state"];
	        this.badge = source["badge"];
	        this.type = source["type"];
	        this.recordId = source["recordId"];
	        this.remoteId = source["remoteId"];
	        this.title = source["title"];
	        this.fields = this.convertValues(source["fields"], FieldChange);
	        this.to = this.convertValues(source["to"], Ref);
	        this.made = source["made"];
	        this.nextAt = source["nextAt"];
	        this.finished = source["finished"];
	        this.attempts = source["attempts"];
	        this.reason = source["reason"];
	        this.existing = source["existing"];
	        this.undo = source["undo"];
	        this.canRetry = source["canRetry"];
	        this.canDiscard = source["canDiscard"];
	        this.disputes = this.convertValues(source["disputes"], Dispute);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Option {
	    value: string;
	    label: string;
	
	    static createFrom(source: any = {}) {
	        return new Option(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.value = source["value"];
	        this.label = source["label"];
	    }
	}
	export class Outbox {
	    paused: boolean;
	    sending: Op[];
	    waiting: Op[];
	    needs: Op[];
	    overwritten: Op[];
	    receipts: Op[];
	
	    static createFrom(source: any = {}) {
	        return new Outbox(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.paused = source["paused"];
	        this.sending = this.convertValues(source["sending"], Op);
	        this.waiting = this.convertValues(source["waiting"], Op);
	        this.needs = this.convertValues(source["needs"], Op);
	        this.overwritten = this.convertValues(source["overwritten"], Op);
	        this.receipts = this.convertValues(source["receipts"], Op);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Owner {
	    id: string;
	    name: string;
	    email: string;
	    archived: boolean;
	    team: string;
	
	    static createFrom(source: any = {}) {
	        return new Owner(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.email = source["email"];
	        this.archived = source["archived"];
	        this.team = source["team"];
	    }
	}
	export class PasteRequest {
	    id: string;
	    address: string;
	
	    static createFrom(source: any = {}) {
	        return new PasteRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.address = source["address"];
	    }
	}
	export class Pipeline {
	    id: string;
	    label: string;
	    stages: Stage[];
	
	    static createFrom(source: any = {}) {
	        return new Pipeline(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.label = source["label"];
	        this.stages = this.convertValues(source["stages"], Stage);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Policy {
	    type: string;
	    name: string;
	    label: string;
	    policy: string;
	
	    static createFrom(source: any = {}) {
	        return new Policy(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.name = source["name"];
	        this.label = source["label"];
	        this.policy = source["policy"];
	    }
	}
	export class Profile {
	    name: string;
	    dir: string;
	    colour: string;
	    portalId: string;
	    portalName: string;
	    kind: string;
	    running: boolean;
	    unsent: number;
	
	    static createFrom(source: any = {}) {
	        return new Profile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.dir = source["dir"];
	        this.colour = source["colour"];
	        this.portalId = source["portalId"];
	        this.portalName = source["portalName"];
	        this.kind = source["kind"];
	        this.running = source["running"];
	        this.unsent = source["unsent"];
	    }
	}
	export class ProfileRequest {
	    name: string;
	    colour: string;
	
	    static createFrom(source: any = {}) {
	        return new ProfileRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.colour = source["colour"];
	    }
	}
	export class Profiles {
	    items: Profile[];
	    here: Profile;
	    marked: boolean;
	    canOpen: boolean;
	    colours: string[];
	
	    static createFrom(source: any = {}) {
	        return new Profiles(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.items = this.convertValues(source["items"], Profile);
	        this.here = this.convertValues(source["here"], Profile);
	        this.marked = source["marked"];
	        this.canOpen = source["canOpen"];
	        this.colours = source["colours"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Property {
	    name: string;
	    label: string;
	    description: string;
	    type: string;
	    field: string;
	    options: Option[];
	    readOnly: boolean;
	    owner: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Property(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.label = source["label"];
	        this.description = source["description"];
	        this.type = source["type"];
	        this.field = source["field"];
	        this.options = this.convertValues(source["options"], Option);
	        this.readOnly = source["readOnly"];
	        this.owner = source["owner"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PropertyGroup {
	    name: string;
	    label: string;
	    properties: Property[];
	
	    static createFrom(source: any = {}) {
	        return new PropertyGroup(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.label = source["label"];
	        this.properties = this.convertValues(source["properties"], Property);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class RefGroup {
	    type: string;
	    known: boolean;
	    items: Ref[];
	
	    static createFrom(source: any = {}) {
	        return new RefGroup(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.known = source["known"];
	        this.items = this.convertValues(source["items"], Ref);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Record {
	    id: string;
	    remoteId: string;
	    type: string;
	    title: string;
	    badge: string;
	    archived: boolean;
	    values: Record<string, string>;
	    pending: Record<string, string>;
	    links: RefGroup[];
	    lines: Line[];
	    created: number;
	    modified: number;
	    url: string;
	    fresh: number;
	
	    static createFrom(source: any = {}) {
	        return new Record(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.remoteId = source["remoteId"];
	        this.type = source["type"];
	        this.title = source["title"];
	        this.badge = source["badge"];
	        this.archived = source["archived"];
	        this.values = source["values"];
	        this.pending = source["pending"];
	        this.links = this.convertValues(source["links"], RefGroup);
	        this.lines = this.convertValues(source["lines"], Line);
	        this.created = source["created"];
	        this.modified = source["modified"];
	        this.url = source["url"];
	        this.fresh = source["fresh"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class Report {
	    where: string;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new Report(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.where = source["where"];
	        this.message = source["message"];
	    }
	}
	
	export class ResolveRequest {
	    id: string;
	    choices: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new ResolveRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.choices = source["choices"];
	    }
	}
	
	export class Saved {
	    path: string;
	
	    static createFrom(source: any = {}) {
	        return new Saved(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	    }
	}
	export class Schema {
	    type: string;
	    groups: PropertyGroup[];
	    columns: string[];
	    key: string[];
	    create: string[];
	    required: string[];
	    sortable: string[];
	    title: string;
	    pipeline: string;
	    stage: string;
	    pipelines: Pipeline[];
	
	    static createFrom(source: any = {}) {
	        return new Schema(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.groups = this.convertValues(source["groups"], PropertyGroup);
	        this.columns = source["columns"];
	        this.key = source["key"];
	        this.create = source["create"];
	        this.required = source["required"];
	        this.sortable = source["sortable"];
	        this.title = source["title"];
	        this.pipeline = source["pipeline"];
	        this.stage = source["stage"];
	        this.pipelines = this.convertValues(source["pipelines"], Pipeline);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchPage {
	    token: number;
	    hits: Ref[];
	
	    static createFrom(source: any = {}) {
	        return new SearchPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.hits = this.convertValues(source["hits"], Ref);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchQuery {
	    token: number;
	    text: string;
	    type: string;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new SearchQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.token = source["token"];
	        this.text = source["text"];
	        this.type = source["type"];
	        this.limit = source["limit"];
	    }
	}
	export class SeenRequest {
	    mark: number;
	    id: string;
	
	    static createFrom(source: any = {}) {
	        return new SeenRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.mark = source["mark"];
	        this.id = source["id"];
	    }
	}
	export class SeenResult {
	    undo: string;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new SeenResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.undo = source["undo"];
	        this.count = source["count"];
	    }
	}
	export class Settings {
	    theme: string;
	    density: string;
	    singleKeys: boolean;
	    started: boolean;
	    diskSeen: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.theme = source["theme"];
	        this.density = source["density"];
	        this.singleKeys = source["singleKeys"];
	        this.started = source["started"];
	        this.diskSeen = source["diskSeen"];
	    }
	}
	
	
	
	export class TypeProgress {
	    type: string;
	    here: number;
	    total: number;
	    perSec: number;
	    leftMs: number;
	    done: boolean;
	    barred: boolean;
	    message: string;
	
	    static createFrom(source: any = {}) {
	        return new TypeProgress(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.here = source["here"];
	        this.total = source["total"];
	        this.perSec = source["perSec"];
	        this.leftMs = source["leftMs"];
	        this.done = source["done"];
	        this.barred = source["barred"];
	        this.message = source["message"];
	    }
	}
	export class SyncStatus {
	    state: string;
	    online: boolean;
	    paused: boolean;
	    waiting: number;
	    conflicts: number;
	    needs: number;
	    lastSync: number;
	    nextTry: number;
	    message: string;
	    leaving: number;
	    firstPull: boolean;
	    usable: boolean;
	    progress: TypeProgress[];
	    calls: number;
	    callsLimit: number;
	    callsSpan: number;
	
	    static createFrom(source: any = {}) {
	        return new SyncStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.online = source["online"];
	        this.paused = source["paused"];
	        this.waiting = source["waiting"];
	        this.conflicts = source["conflicts"];
	        this.needs = source["needs"];
	        this.lastSync = source["lastSync"];
	        this.nextTry = source["nextTry"];
	        this.message = source["message"];
	        this.leaving = source["leaving"];
	        this.firstPull = source["firstPull"];
	        this.usable = source["usable"];
	        this.progress = this.convertValues(source["progress"], TypeProgress);
	        this.calls = source["calls"];
	        this.callsLimit = source["callsLimit"];
	        this.callsSpan = source["callsSpan"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Timeline {
	    items: Activity[];
	    whole: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Timeline(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.items = this.convertValues(source["items"], Activity);
	        this.whole = source["whole"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class TypeChoice {
	    type: string;
	    name: string;
	    one: string;
	    many: string;
	    picked: boolean;
	    here: number;
	
	    static createFrom(source: any = {}) {
	        return new TypeChoice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.type = source["type"];
	        this.name = source["name"];
	        this.one = source["one"];
	        this.many = source["many"];
	        this.picked = source["picked"];
	        this.here = source["here"];
	    }
	}
	export class TypeChoices {
	    types: TypeChoice[];
	    note: string;
	
	    static createFrom(source: any = {}) {
	        return new TypeChoices(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.types = this.convertValues(source["types"], TypeChoice);
	        this.note = source["note"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}

}

